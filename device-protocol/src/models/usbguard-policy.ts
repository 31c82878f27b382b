import { foreignInterfaces } from './foreign-interfaces.ts';
import { hex } from './hex.ts';
import type { InterfaceRule, KnownModel } from './known-model.ts';

/**
 * A sample policy for USBGuard, made from the table: hubs and recorders come in, all else stays outside the kernel.
 * Rules are tried in order; the first that fits decides.
 */
export function usbguardPolicy(models: readonly KnownModel[]): string {
  return `${[
    '# Generated from the table of known models (device-protocol/src/models): npm run spec.',
    '# A sample for /etc/usbguard/rules.conf. Put what belongs to the dock itself (keyboard, touch screen) above it:',
    '#   usbguard generate-policy',
    '# and set ImplicitPolicyTarget=block in usbguard-daemon.conf.',
    '',
    '# Hubs.',
    'allow with-interface equals { 09:00:* }',
    'allow with-interface equals { 09:00:01 09:00:02 }',
    '',
    '# No recorder has any business with these.',
    ...foreignInterfaces.flatMap((rule) => [
      `# ${rule.title}`,
      `reject with-interface one-of { ${interfaceText(rule)} }`,
    ]),
    '',
    ...models.flatMap((model) => [`# ${model.title}`, allowRule(model)]),
  ].join('\n')}\n`;
}

function allowRule({ match }: KnownModel): string {
  const { vendorId, productId, product } = match;
  const id =
    vendorId === undefined
      ? ''
      : ` id ${hex(vendorId, 4)}:${productId === undefined ? '*' : hex(productId, 4)}`;
  const name = product === undefined ? '' : ` name "${product}"`;
  return `allow${id}${name} with-interface one-of { ${interfaceText(match.interface)} }`;
}

function interfaceText({ class: interfaceClass, subclass, protocol }: InterfaceRule): string {
  const part = (value: number | undefined) => (value === undefined ? '*' : hex(value, 2));
  return `${part(interfaceClass)}:${part(subclass)}:${part(protocol)}`;
}
