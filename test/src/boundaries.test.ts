/** Who may import whom, and what may not stand in the repository. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
})
  .toString()
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)));

interface Import {
  from: string;
  specifier: string;
  /** The file of the repository it leads to, where it is relative. */
  to: string | null;
}

/** The script of a Vue component; any other file as it is. */
function scriptOf(file: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  if (!file.endsWith('.vue')) return text;
  return [...text.matchAll(/<script[^>]*>(.*?)<\/script>/gsu)].map((match) => match[1]).join('\n');
}

function importsOf(file: string): Import[] {
  return ts.preProcessFile(scriptOf(file), true, true).importedFiles.map(({ fileName }) => ({
    from: file,
    specifier: fileName,
    to: fileName.startsWith('.') ? relative(root, join(root, dirname(file), fileName)) : null,
  }));
}

const sources = tracked.filter((file) => /\/src\/.*\.(?:ts|vue)$/u.test(file));
const imports = sources.flatMap(importsOf);
const isTest = (file: string) =>
  file.endsWith('.test.ts') || /\/(?:testing|archive\/peers)\//u.test(file) || file.includes('-contract.ts');
const show = ({ from, specifier }: Import) => `${from} imports ${specifier}`;

/** Imports of files in a folder that no rule allows. */
function strays(folder: string, isAllowed: (one: Import) => boolean): string[] {
  const own = imports.filter(({ from }) => from.startsWith(folder));
  expect(own.length, `imports below ${folder}`).toBeGreaterThan(0);
  return own.filter((one) => !isAllowed(one)).map(show);
}

/** Names one of our own packages, or a file of another folder. */
function leavesHouse(one: Import, folder: string): boolean {
  return one.specifier.startsWith('@docket/') || (one.to !== null && !one.to.startsWith(folder));
}

/** What carries live streams speaks of their packets and pictures. */
function isOfLive(folder: string, { from, specifier }: Import): boolean {
  return from.startsWith(folder) && specifier === '@docket/device-protocol/live';
}

/** TypeBox, for whoever parses at an edge. */
const schemas = '@docket/device-protocol/schema';

/** Programs we did not write play recorders and viewers; nothing that ships speaks to them. */
const livePeers = '@docket/device-protocol/live-peers';
/** Archives we did not write, and what every archive must do. */
const archivePeers = '@docket/ingest/archive-peers';

describe('imports', () => {
  test('were found, and every relative one leads to a file', () => {
    expect(imports.length).toBeGreaterThan(500);
    const dangling = imports.filter(
      ({ to }) => to !== null && !existsSync(join(root, to)) && !to.endsWith('.js'),
    );
    expect(dangling.filter(({ to }) => !existsSync(join(root, `${to}.ts`))).map(show)).toEqual([]);
  });

  test('of device-protocol lead nowhere else in the house', () => {
    expect(strays('device-protocol/', (one) => !leavesHouse(one, 'device-protocol/'))).toEqual([]);
  });

  test('of ingest lead to the public face of device-protocol; its tests may use real transports', () => {
    const faces = ['@docket/device-protocol', schemas];
    const testFaces = [
      ...faces,
      '@docket/device-protocol/transport',
      '@docket/device-protocol/simulator',
      livePeers,
    ];
    const isAllowed = (one: Import) =>
      !leavesHouse(one, 'ingest/') ||
      isOfLive('ingest/src/live/', one) ||
      (isTest(one.from) ? testFaces : faces).includes(one.specifier);
    expect(strays('ingest/', isAllowed)).toEqual([]);
  });

  test('of the gateway lead to ingest and device-protocol; only its composition root and its demo pick transports', () => {
    const faces = ['@docket/device-protocol', schemas, '@docket/ingest'];
    const rootFaces = ['@docket/device-protocol/transport', '@docket/device-protocol/simulator'];
    const isRoot = (file: string) =>
      [
        'gateway/src/app.ts',
        'gateway/src/recorders/',
        'gateway/src/demo/',
        'gateway/src/conformance/',
        'gateway/src/recorder-simulator/',
      ].some((root) => file.startsWith(root));
    const isAllowed = (one: Import) =>
      !leavesHouse(one, 'gateway/') ||
      faces.includes(one.specifier) ||
      isOfLive('gateway/src/live/', one) ||
      (isTest(one.from) && one.specifier === archivePeers) ||
      ((one.from.startsWith('gateway/src/demo/') || isTest(one.from)) && one.specifier === livePeers) ||
      ((isRoot(one.from) || isTest(one.from)) && rootFaces.includes(one.specifier));
    expect(strays('gateway/', isAllowed)).toEqual([]);
  });

  test('of the dashboard lead to the contract of the gateway, and to nothing else of ours', () => {
    const isAllowed = (one: Import) =>
      !leavesHouse(one, 'dashboard/') || one.specifier === '@docket/gateway/contract';
    expect(strays('dashboard/', isAllowed)).toEqual([]);
  });

  test('of the contract lead to the door of TypeBox and to itself', () => {
    const folder = 'gateway/src/contract/';
    const isAllowed = (one: Import) =>
      isTest(one.from) || one.specifier === schemas || (one.to?.startsWith(folder) ?? false);
    expect(strays(folder, isAllowed)).toEqual([]);
  });

  test('of disclosure lead to facts and lists, and to no clip, media or store', () => {
    const folders = ['cases', 'custody', 'duties', 'index-store', 'reckoning', 'statistics', 'disclosure'];
    const known = [...folders.map((folder) => `ingest/src/${folder}/`), 'ingest/src/errors.ts'];
    const isAllowed = (one: Import) =>
      isTest(one.from) ||
      (one.to === null
        ? ['node:crypto', schemas].includes(one.specifier)
        : known.some((place) => one.to?.startsWith(place)));
    expect(strays('ingest/src/disclosure/', isAllowed)).toEqual([]);
    const isSender = (one: Import) =>
      isTest(one.from) ||
      one.to === null ||
      [
        'gateway/src/disclosure/',
        'gateway/src/signed-push/',
        'gateway/src/contract/',
        'gateway/src/config/',
        'gateway/src/log.ts',
      ].some((place) => one.to?.startsWith(place));
    expect(strays('gateway/src/disclosure/', isSender)).toEqual([]);
  });

  test('of the lab lead to simulated recorders, and to nothing else of ours: it judges from outside', () => {
    const isAllowed = (one: Import) =>
      !leavesHouse(one, 'lab/') || one.specifier === '@docket/device-protocol/simulator';
    expect(strays('lab/', isAllowed)).toEqual([]);
  });

  test('of builtins are written with node:', () => {
    const bare = imports.filter(({ specifier }) => isBuiltin(specifier) && !specifier.startsWith('node:'));
    expect(bare.map(show)).toEqual([]);
  });

  test('run in no circle', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to } of imports) if (to !== null) edges.set(from, [...(edges.get(from) ?? []), to]);
    expect(circles(edges)).toEqual([]);
    // The search itself finds one where there is one.
    expect(
      circles(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b → c → b']);
  });
});

describe('files', () => {
  test('say what they hold: none is called utils or common', () => {
    const vague = /^(?:utils?|commons?|helpers?|misc|shared)(?:\.|$)/u;
    const parts = sources.filter((file) => file.split('/').some((part) => vague.test(part)));
    expect(parts).toEqual([]);
    expect(vague.test(basename('ingest/src/utils.ts'))).toBe(true);
  });

  test('name no package mirror and no path of a machine', () => {
    // Put together here, so that this file does not name them either.
    const mirrors = ['npmmirror', 'taobao', 'verdaccio', 'jfrog', 'artifactory'].map((name) => `${name}.`);
    const folders = ['work', 'home', 'root', 'Users'].map((name) => `(?<![\\w.~*:})-])/${name}/[\\w-]+`);
    const forbidden = new RegExp(
      [...mirrors.map((name) => name.replace('.', '\\.')), ...folders].join('|'),
      'u',
    );
    const texts = tracked.filter((file) =>
      /\.(?:ts|vue|mjs|cjs|json|ya?ml|md|py|sh|html|css|service|rules)$|(?:^|\/)[^.]+$/u.test(file),
    );
    const found = texts.flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n');
      return lines.flatMap((line, index) =>
        file !== 'test/src/boundaries.test.ts' && forbidden.test(line)
          ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`]
          : [],
      );
    });
    expect(found).toEqual([]);
    expect(forbidden.test(`cd /${'work'}/main`)).toBe(true);
  });
});

/** Every circle of a graph, as text, found by depth-first search. */
function circles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, path: readonly string[]) => {
    const start = path.indexOf(node);
    if (start >= 0) found.push([...path.slice(start), node].join(' → '));
    if (start >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return found;
}
