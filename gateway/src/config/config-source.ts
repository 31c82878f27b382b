import { readFile } from 'node:fs/promises';
import { errnoOf } from '@docket/ingest';
import { parse, parseDocument, YAMLParseError } from 'yaml';
import { type Allowed, type ConfigFault, showGiven } from './config-fault.ts';
import { listSettings, rootSchema, type SettingKey, typesOf } from './settings.ts';

export type Tree = Record<string, unknown>;

export interface Layered {
  tree: Tree;
  /** Which variable or flag gave a key; keys of the file are not in it. */
  sources: Map<string, string>;
  faults: ConfigFault[];
}

/** Variables that are no settings but belong to Docket. */
const otherVariables = new Set(['DOCKET_CONFIG', 'DOCKET_LANG', 'DOCKET_TOKEN', 'DOCKET_URL']);

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the YAML file; faults name its lines. */
export async function readTree(file: string): Promise<Layered> {
  const layered: Layered = { tree: {}, sources: new Map(), faults: [] };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const given = errnoOf(error) ?? 'unreadable';
    layered.faults.push({ path: file, source: null, given, allowed: { kind: 'readable-file' } });
    return layered;
  }
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: true });
  for (const error of document.errors) layered.faults.push(syntaxFault(file, error.message));
  if (layered.faults.length > 0) return layered;
  try {
    const value: unknown = document.toJS() ?? {};
    if (isTree(value)) layered.tree = withoutEmptySections(value);
    else
      layered.faults.push({
        path: file,
        source: null,
        given: showGiven(value, undefined),
        allowed: { kind: 'group' },
      });
  } catch (error) {
    layered.faults.push(syntaxFault(file, error instanceof Error ? error.message : String(error)));
  }
  return layered;
}

function syntaxFault(file: string, message: string): ConfigFault {
  const given = message.split('\n')[0]?.replace(/:$/u, '') ?? message;
  return { path: file, source: null, given, allowed: { kind: 'yaml' } };
}

/** `http:` with every line below it commented out is an empty section, not a mistake. */
function withoutEmptySections(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).filter(
      ([key, value]) => value !== null || rootSchema.properties?.[key]?.properties === undefined,
    ),
  );
}

/** Lays the environment over the tree. A misspelt variable of a section is a fault, like a misspelt key. */
export function applyEnvironment(layered: Layered, environment: Record<string, string | undefined>): void {
  const settings = new Map(listSettings().map((setting) => [setting.environmentName, setting]));
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || text === '' || !name.startsWith('DOCKET_')) continue;
    const setting = settings.get(name);
    if (setting !== undefined) setKey(layered, setting, text, name);
    else if (isSectionVariable(name)) {
      const keys = [...settings.keys()];
      layered.faults.push({ path: name, source: null, given: null, allowed: { kind: 'keys', keys } });
    }
  }
}

function isSectionVariable(name: string): boolean {
  if (otherVariables.has(name)) return false;
  return Object.keys(rootSchema.properties ?? {}).some((key) =>
    name.startsWith(`DOCKET_${key.toUpperCase()}_`),
  );
}

/** Lays `--set path=value` flags over the tree. */
export function applyAssignments(layered: Layered, assignments: readonly string[]): void {
  const settings = new Map(listSettings().map((setting) => [setting.path, setting]));
  for (const assignment of assignments) {
    const split = assignment.indexOf('=');
    const path = split < 0 ? assignment : assignment.slice(0, split).trim();
    const setting = settings.get(path);
    if (split < 0) {
      layered.faults.push({
        path: `--set ${path}`,
        source: null,
        given: null,
        allowed: { kind: 'assignment' },
      });
    } else if (setting === undefined) {
      const allowed: Allowed = { kind: 'keys', keys: [...settings.keys()] };
      layered.faults.push({ path, source: '--set', given: null, allowed });
    } else setKey(layered, setting, assignment.slice(split + 1), '--set');
  }
}

function setKey(layered: Layered, setting: SettingKey, text: string, source: string): void {
  let group = layered.tree;
  for (const key of setting.keys.slice(0, -1)) {
    group[key] ??= {};
    const next = group[key];
    if (!isTree(next)) return; // the section itself is at fault, and is reported as such
    group = next;
  }
  group[setting.keys.at(-1) ?? ''] = parseText(setting, text);
  layered.sources.set(setting.path, source);
}

/** A text as the value its setting asks for. What does not fit stays text, and is reported as such. */
function parseText(setting: SettingKey, text: string): unknown {
  const types = typesOf(setting.schema);
  if (types.includes('null') && text === 'null') return null;
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.includes('integer')) return /^-?\d+(?:\.\d+)?$/u.test(text) ? Number(text) : text;
  if (!types.includes('array')) return text;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) return text;
    throw error;
  }
}
