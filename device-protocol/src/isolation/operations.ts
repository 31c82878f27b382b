/** Everything a driver process can be asked, one row each: the question, its answer, and whether bytes follow. */

import { PluginName, Serves } from '../plugin/plugin-schema.ts';
import {
  Compile,
  type Static,
  type TObject,
  type TProperties,
  type TSchema,
  Type,
  type Validator,
} from '../schema.ts';
import { WireError } from './wire-error.ts';
import {
  WireCapability,
  WireClip,
  WireClockReading,
  WireClockSetting,
  WireFirmwareImage,
  WireIdentity,
  WireIdentityToWrite,
  WireListing,
  WireStatus,
} from './wire-types.ts';

/** The most bytes that follow one answer: a longer read is made of several. */
export const maxAnswerPayloadBytes = 1024 * 1024;
/** A firmware image follows its question whole. */
export const maxQuestionPayloadBytes = 64 * 1024 * 1024;
/** Listings that cross together. */
export const maxListingBatch = 64;

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export interface Operation<Question extends TObject, Answer extends TObject> {
  question: Question;
  answer: Answer;
  isQuestion: Validator<Record<never, never>, Question>;
  isAnswer: Validator<Record<never, never>, Answer>;
}

function operation<Question extends TProperties, Answer extends TProperties>(
  question: Question,
  answer: Answer,
): Operation<TObject<Question>, TObject<Answer>> {
  const questionSchema = Type.Object(question);
  const answerSchema = Type.Object(answer);
  return {
    question: questionSchema,
    answer: answerSchema,
    isQuestion: Compile(questionSchema),
    isAnswer: Compile(answerSchema),
  };
}

export const operations = {
  /** Loads the driver and opens the recorder; always the first. */
  open: operation(
    { choice: Type.Unknown(), attachment: Type.Unknown() },
    {
      driver: Type.String({ maxLength: 64 }),
      capabilities: Type.Array(WireCapability, { maxItems: 64 }),
      parallelReads: Type.Integer({ minimum: 1, maximum: 64 }),
      hasFirmware: Type.Boolean(),
    },
  ),
  /** Instead of `open`: what a plugin says of itself. */
  describePlugin: operation(
    { module: Type.String(), options: Type.Unknown() },
    { name: PluginName, serves: Serves },
  ),
  identify: operation({}, { identity: WireIdentity }),
  readClock: operation({ count: Count }, { readings: Type.Array(WireClockReading, { maxItems: 1000 }) }),
  setClock: operation({}, { setting: WireClockSetting }),
  readStatus: operation({}, { status: WireStatus }),
  hashOnDevice: operation({ clip: WireClip }, { sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
  writeIdentity: operation({ identity: WireIdentityToWrite }, {}),
  switchMode: operation({}, {}),
  /** A listing is fetched batch by batch, so that only what was asked for crosses. */
  startList: operation({}, { list: Count }),
  nextListings: operation(
    { list: Count },
    { listings: Type.Array(WireListing, { maxItems: maxListingBatch }), isLast: Type.Boolean() },
  ),
  endList: operation({ list: Count }, {}),
  openClip: operation(
    { clip: WireClip },
    {
      reader: Count,
      sizeBytes: Count,
      pieceBytes: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    },
  ),
  /** The clip's bytes follow the answer, raw. */
  read: operation(
    {
      reader: Count,
      positionBytes: Count,
      lengthBytes: Type.Integer({ minimum: 0, maximum: maxAnswerPayloadBytes }),
    },
    {},
  ),
  assertUnchanged: operation({ reader: Count }, {}),
  closeClip: operation({ reader: Count }, {}),
  erase: operation(
    { clip: WireClip, proof: Type.Object({ sizeBytes: Count, sha256: Type.String({ maxLength: 64 }) }) },
    {},
  ),
  isPresent: operation({}, { isPresent: Type.Boolean() }),
  firmwareList: operation({}, { images: Type.Array(WireFirmwareImage, { maxItems: 64 }) }),
  /** The image follows the question, raw. */
  firmwareUpload: operation({}, {}),
  firmwareTest: operation({ hash: Type.String({ maxLength: 1024 }) }, {}),
  firmwareConfirm: operation({}, {}),
  firmwareReset: operation({}, {}),
  /** Closes the recorder; the process then ends by itself. */
  close: operation({}, {}),
} as const;

export type OperationName = keyof typeof operations;
export type QuestionOf<Name extends OperationName> = Static<(typeof operations)[Name]['question']>;
export type AnswerOf<Name extends OperationName> = Static<(typeof operations)[Name]['answer']>;

/** From the gateway: a question, or that the answer to one is not wanted any more. */
export const Asked = Type.Union([
  Type.Object({
    id: Count,
    ask: Type.Unsafe<OperationName>({ type: 'string', enum: Object.keys(operations) }),
    body: Type.Unknown(),
  }),
  Type.Object({ id: Count, cancel: Type.Literal(true) }),
]);
export type Asked = Static<typeof Asked>;

/** From a driver process: an answer, an error, or how far a long work is. */
export const Told = Type.Union([
  Type.Object({ id: Count, answer: Type.Unknown() }),
  Type.Object({ id: Count, error: WireError }),
  Type.Object({ id: Count, progressBytes: Count }),
]);
export type Told = Static<typeof Told>;

export const isAsked: Validator<Record<never, never>, TSchema> = Compile(Asked);
export const isTold: Validator<Record<never, never>, TSchema> = Compile(Told);
