import { configSchema } from './config-schema.ts';

/** A schema as the readers of settings need it, without the types of the values. */
export interface SettingSchema {
  type?: string | string[];
  enum?: string[];
  title?: string;
  description?: string;
  default?: unknown;
  unit?: string;
  isPath?: boolean;
  isSecret?: boolean;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  required?: string[];
  properties?: Record<string, SettingSchema>;
  items?: SettingSchema;
}

/** One key that can be set, from the file, the environment or a flag. */
export interface SettingKey {
  /** `http.port` */
  path: string;
  keys: string[];
  /** `DOCKET_HTTP_PORT` */
  environmentName: string;
  schema: SettingSchema;
}

export const rootSchema = configSchema as unknown as SettingSchema;

/** Every key of the configuration, in the order of the schema. Lists are one key each. */
export function listSettings(schema: SettingSchema = rootSchema, parents: string[] = []): SettingKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const keys = [...parents, key];
    if (property.properties !== undefined) return listSettings(property, keys);
    return [{ path: keys.join('.'), keys, environmentName: environmentName(keys), schema: property }];
  });
}

function environmentName(keys: string[]): string {
  const words = keys.map((key) => key.replace(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase());
  return ['DOCKET', ...words].join('_');
}

export function typesOf(schema: SettingSchema): string[] {
  return schema.type === undefined ? [] : [schema.type].flat();
}
