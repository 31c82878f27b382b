import type { KnownModel } from '../models/known-model.ts';
import type { PluginFacts } from './plugin.ts';

/** The rows that a plugin adds to the table of known models. */
export function pluginModels({ name, serves }: PluginFacts): KnownModel[] {
  return serves.flatMap((rule, index) =>
    rule.by === 'usb'
      ? [
          {
            key: `${name}-${index + 1}`,
            title: rule.title,
            match: rule.match,
            way: { by: 'interface', driver: name },
            hasConsole: false,
            capabilities: [],
            becomes: null,
          },
        ]
      : [],
  );
}
