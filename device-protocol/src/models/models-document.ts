import { foreignInterfaces } from './foreign-interfaces.ts';
import { hex } from './hex.ts';
import type { InterfaceRule, KnownModel, ModelWay } from './known-model.ts';
import { knownModels } from './known-models.ts';

/** The table of known models as Markdown, for people. */
export function modelsDocument(): string {
  const rows = knownModels.map(
    (model) =>
      `| \`${model.key}\` | ${model.title} | ${idsText(model)} | ${wayText(model.way)}${model.hasConsole ? ', with its console where it has one' : ''} | ${model.capabilities.join(', ')} |`,
  );
  const foreign = foreignInterfaces.map((rule) => `- \`${interfaceText(rule)}\`: ${rule.title}`);
  return [
    [
      '| key | model | told by | reached by | can, as a rule |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    'Interfaces that no recorder has any business with; a device with one of them is shown and never opened:',
    foreign.join('\n'),
  ].join('\n\n');
}

function idsText({ match }: KnownModel): string {
  const { vendorId, productId, product } = match;
  const id =
    vendorId === undefined
      ? []
      : [`\`${hex(vendorId, 4)}:${productId === undefined ? '*' : hex(productId, 4)}\``];
  const name = product === undefined ? [] : [`"${product}"`];
  return [...id, ...name, `interface \`${interfaceText(match.interface)}\``].join(', ');
}

function wayText(way: ModelWay): string {
  switch (way.by) {
    case 'mount':
      return 'its mounted card (driver `volume`)';
    case 'interface':
      return `its USB interface (driver \`${way.driver}\`)`;
    case 'tty':
      return 'its serial line (driver `smp`)';
  }
}

function interfaceText({ class: interfaceClass, subclass, protocol }: InterfaceRule): string {
  const part = (value: number | undefined) => (value === undefined ? '*' : hex(value, 2));
  return `${part(interfaceClass)}/${part(subclass)}/${part(protocol)}`;
}
