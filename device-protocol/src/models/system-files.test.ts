import { describe, expect, test } from 'vitest';
import { knownModels } from './known-models.ts';
import { udevRules } from './udev-rules.ts';
import { usbguardPolicy } from './usbguard-policy.ts';

/** Rules as udev reads them: one a line, without comments. */
const rules = udevRules(knownModels)
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const at = (part: string) => rules.findIndex((rule) => rule.includes(part));

describe('udev rules', () => {
  test('hand the node of every model that Docket claims to its group, and no other', () => {
    const claimed = knownModels.filter(({ way }) => way.by === 'interface');
    expect(rules.filter((rule) => rule.includes('usb_device'))).toHaveLength(claimed.length);
    expect(rules).toContainEqual(expect.stringContaining('ATTR{idVendor}=="0595", ATTR{idProduct}=="4343"'));
    expect(
      rules
        .filter((rule) => rule.includes('MODE='))
        .every((rule) => rule.includes('GROUP="docket", MODE="0660"')),
    ).toBe(true);
  });

  test('leave a device with a foreign interface before any node is handed over or any card mounted', () => {
    const foreign = at('*:03????:*');
    expect(rules[foreign]).toContain('GOTO="docket_end"');
    expect(foreign).toBeGreaterThan(0);
    expect(foreign).toBeLessThan(at('GROUP='));
    expect(foreign).toBeLessThan(at('SYSTEMD_WANTS'));
  });

  test('jump only to a label that is there', () => {
    expect(rules.at(-1)).toBe('LABEL="docket_end"');
  });
});

describe('the USBGuard policy', () => {
  test('rejects what is foreign before it allows what is known', () => {
    const lines = usbguardPolicy(knownModels).split('\n');
    const allowed = lines.findIndex((line) => line.startsWith('allow') && !line.includes('09:00'));
    expect(lines.findLastIndex((line) => line.startsWith('reject'))).toBeLessThan(allowed);
    expect(lines).toContain('allow id 0595:4343 with-interface one-of { 08:*:* }');
  });
});
