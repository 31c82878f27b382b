import { execFileSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { readCertificate } from '../../retention/certificate.ts';
import { takeAged } from '../../testing/aged-clips.ts';
import { whyNotImmutable } from '../../testing/immutable-files.ts';
import { filesBelow } from '../../testing/sound-store.ts';
import { type DockOptions, TestDock } from '../../testing/test-dock.ts';

const { signal: never } = new AbortController();

/** A dock whose one clip of long ago was deleted by two persons; with what was in the archive then, and what is said of it. */
async function deleted(options: Partial<DockOptions>) {
  const dock = await TestDock.open(options);
  onTestFinished(() => {
    if (whyNotImmutable === null) execFileSync('chattr', ['-R', '-i', dock.archive], { stdio: 'pipe' });
  });
  const clipId = String((await takeAged(dock, 200, { 'a.mp4': 'footage' }))['a.mp4']);
  const { mapping, retention } = dock.ingest.caseWork;
  await mapping.setAside([clipId], { operator: '张三', reason: '与执法无关' });
  const media = (await filesBelow(dock.archive)).filter((file) => file.startsWith('clips/'));
  expect(media).toHaveLength(1);
  const { request } = await retention.deletions.request([clipId], { person: '张三', reason: '保存期限届满' });
  await retention.deletions.approve(request?.requestId ?? '', { person: '李四', reason: '同意' });
  await dock.ingest.eraser.settle(never);
  const left = (await filesBelow(dock.archive)).filter((file) => file.startsWith('clips/'));
  const certificate = await readCertificate(dock.ingest.database, clipId);
  return { media, left, outcomes: certificate?.archives.map(({ outcome }) => outcome) };
}

test.skipIf(whyNotImmutable !== null)(
  `a warrant takes the immutable flag off what it removes ${whyNotImmutable ?? ''}`,
  async () => {
    const { left, outcomes } = await deleted({ target: { isImmutable: true } });
    expect(outcomes).toEqual(['removed']);
    expect(left).toEqual([]);
  },
);

test('an archive in which nobody may remove answers so, and the certificate says that the copy stays', async () => {
  const { media, left, outcomes } = await deleted({ target: { mayRemove: false } });
  expect(outcomes).toEqual(['not-allowed']);
  expect(left).toEqual(media);
});
