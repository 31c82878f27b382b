import { Compile, type Static, type TObject, type TProperties, Type, type Validator } from '../schema.ts';
import { decodeBody, encodeBody } from './body.ts';
import { ProtocolError } from './protocol-error.ts';

/** Request and answer of one command, declared once: types, codec, simulator and document come from it. */
export interface Message<
  Request extends TProperties = TProperties,
  Response extends TProperties = TProperties,
> {
  readonly name: string;
  readonly group: number;
  readonly command: number;
  readonly operation: 'read' | 'write';
  readonly doc: string;
  readonly request: BodyCodec<Request>;
  readonly response: BodyCodec<Response>;
}

export type RequestOf<Row> = Row extends { request: BodyCodec<infer Fields> } ? BodyOf<Fields> : never;
export type ResponseOf<Row> = Row extends { response: BodyCodec<infer Fields> } ? BodyOf<Fields> : never;
type BodyOf<Fields extends TProperties> = Static<TObject<Fields>>;

/** One direction of a message: its fields, and both ways between them and bytes. */
export interface BodyCodec<Fields extends TProperties> {
  readonly fields: Fields;
  /** Throws ProtocolError BODY_SCHEMA where a value is out of range. */
  encode(body: BodyOf<Fields>): Uint8Array;
  /** Validates a decoded body; keys that are not declared are left out. Throws ProtocolError BODY_SCHEMA. */
  parse(value: unknown): BodyOf<Fields>;
  /** Throws ProtocolError BODY_CBOR, BODY_DEPTH, BODY_SCHEMA. */
  decode(bytes: Uint8Array): BodyOf<Fields>;
}

/** Declares a message. Every field carries a description; the protocol document prints it. */
export function message<const Request extends TProperties, const Response extends TProperties>(row: {
  name: string;
  group: number;
  command: number;
  operation: 'read' | 'write';
  doc: string;
  request: Request;
  response: Response;
}): Message<Request, Response> {
  return {
    ...row,
    request: bodyCodec(`${row.name} request`, row.request),
    response: bodyCodec(`${row.name} response`, row.response),
  };
}

function bodyCodec<Fields extends TProperties>(name: string, fields: Fields): BodyCodec<Fields> {
  let validator: Validator | undefined;

  function parse(value: unknown): BodyOf<Fields> {
    validator ??= Compile(Type.Object(fields));
    if (!validator.Check(value)) {
      const [first] = validator.Errors(value);
      throw new ProtocolError(
        'BODY_SCHEMA',
        `${name}${first?.instancePath ?? ''} ${first?.message ?? 'is no map'}`,
      );
    }
    const declared = Object.entries(value as object).filter(([key]) => Object.hasOwn(fields, key));
    return Object.fromEntries(declared) as BodyOf<Fields>;
  }

  return {
    fields,
    parse,
    encode: (body) => encodeBody(parse(body)),
    decode: (bytes) => parse(decodeBody(bytes)),
  };
}
