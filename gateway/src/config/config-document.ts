import { type Allowed, allowedBy } from './config-fault.ts';
import { listSettings, rootSchema, type SettingKey, type SettingSchema, typesOf } from './settings.ts';

/** The settings as Markdown, section by section, made from the schema alone. */
export function configDocument(): string {
  const sections = Object.entries(rootSchema.properties ?? {}).map(([name, schema]) => {
    const settings = listSettings().filter((setting) => setting.keys[0] === name);
    return [
      `## \`${name}\`: ${schema.title ?? name}`,
      schema.description ?? '',
      ...settings.map(settingText),
    ].join('\n\n');
  });
  return sections.join('\n\n');
}

function settingText({ path, environmentName, schema }: SettingKey): string {
  const facts = [
    `- Allowed: ${allowedText(schema)}`,
    `- Default: ${defaultText(schema)}`,
    `- Environment: \`${environmentName}\``,
    ...(schema.isPath === true
      ? ['- A relative path starts from the folder of the configuration file.']
      : []),
  ];
  const parts = [
    `### \`${path}\``,
    `**${schema.title ?? path}.** ${schema.description ?? ''}`,
    facts.join('\n'),
  ];
  if (schema.items !== undefined) parts.push(entryTable(schema.items));
  return parts.join('\n\n');
}

/** The keys of one entry of a list; of a list of plain values, what each may be. */
function entryTable(schema: SettingSchema): string {
  if (schema.properties === undefined)
    return `Each entry: ${allowedText(schema)}. ${schema.description ?? ''}`;
  const rows = Object.entries(schema.properties).map(([key, property]) => {
    const meaning = `${property.title ?? key}. ${property.description ?? ''}`;
    const notes = property.items?.description === undefined ? '' : ` ${property.items.description}`;
    const allowed =
      property.items === undefined ? allowedText(property) : `list; each ${allowedText(property.items)}`;
    return `| \`${key}\` | ${cell(meaning + notes)} | ${cell(allowed)} | ${cell(defaultText(property))} |`;
  });
  return ['| key of an entry | meaning | allowed | default |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function allowedText(schema: SettingSchema): string {
  const orNothing = typesOf(schema).includes('null') ? ', or `null`' : '';
  return `${allowedWords(allowedBy(schema))}${orNothing}`;
}

function allowedWords(allowed: Allowed): string {
  switch (allowed.kind) {
    case 'words':
      return allowed.words.map((word) => `\`${word}\``).join(', ');
    case 'integer': {
      const unit = allowed.unit === null ? '' : ` ${allowed.unit}`;
      return `a whole number from ${allowed.minimum ?? '−∞'} to ${allowed.maximum ?? '∞'}${unit}`;
    }
    case 'words-or-integer':
      return `${allowed.words.map((word) => `\`${word}\``).join(', ')}, or a whole number from ${allowed.minimum} to ${allowed.maximum}`;
    case 'boolean':
      return '`true`, `false`';
    case 'text':
      return allowed.pattern === null ? 'a text' : `a text that matches \`${allowed.pattern}\``;
    case 'group':
      return 'a group of keys';
    default:
      return 'a list';
  }
}

function defaultText(schema: SettingSchema): string {
  if (schema.default === undefined) return 'none: must be given';
  const unit = schema.unit === undefined || schema.default === null ? '' : ` ${schema.unit}`;
  return `\`${JSON.stringify(schema.default)}\`${unit}`;
}
