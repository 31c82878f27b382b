/** The public face of ingest. */

export { Archive, type ArchiveOptions } from './archive/archive.ts';
// What a receiver of clips is made of: `docket archive serve`.
export {
  contentKey,
  custodyHeadDocument,
  encryptedContentKey,
  indexRecordDocument,
  receiptDocument,
  sealedRecordDocument,
} from './archive/archive-layout.ts';
export {
  ArchiveRefusal,
  type ArchiveRefusalCode,
  archiveRefusalCodes,
  isArchiveRefusal,
} from './archive/archive-refusal.ts';
export {
  type ArchiveKind,
  type ArchiveTarget,
  archiveKinds,
  type RemovalOutcome,
  YieldLine,
} from './archive/archive-target.ts';
export { EncryptionSpool, type SpoolEntry } from './archive/encryption/encryption-spool.ts';
export { clipsToDemand, type DemandedClips } from './archive/forwarding/clips-to-demand.ts';
export { isCronPattern } from './archive/forwarding/cron-pattern.ts';
export type { ArchiveQueue } from './archive/forwarding/forwarder.ts';
export {
  type ForwardingPolicy,
  type LineWindow,
  usualForwarding,
} from './archive/forwarding/forwarding-policy.ts';
export {
  type Amount,
  type ArchiveStanding,
  type PredictedMisses,
  type TargetStanding,
  type TargetState,
  targetStates,
} from './archive/forwarding/forwarding-standing.ts';
export {
  type ForwardState,
  parseQueuePosition,
  type QueueEntry,
  type QueuePosition,
  type QueueQuestion,
} from './archive/forwarding/queue-listing.ts';
export { HttpArchive } from './archive/http/http-archive.ts';
export {
  isSound,
  isWormProven,
  type ProbeCheck,
  type ProbeReport,
  type ProbeResult,
  probeChecks,
} from './archive/probe-report.ts';
export { type ProbeSummary, Probes } from './archive/probes.ts';
export { ed25519Signer } from './archive/receipts/ed25519.ts';
export { isNoteError, NoteError, type NoteErrorCode } from './archive/receipts/note-error.ts';
export type { NoteSigner, NoteVerifier } from './archive/receipts/note-key.ts';
export type { Receipt, ReceiptGround } from './archive/receipts/receipt.ts';
export {
  type ReceiptGrade,
  type ReceiptQuorum,
  type ReceiptTerms,
  receiptGrades,
  usualReceiptTerms,
} from './archive/receipts/receipt-terms.ts';
export {
  type ReceiptText,
  readReceiptText,
  type WormWord,
  writeReceiptText,
} from './archive/receipts/receipt-text.ts';
export { openNote, readNote, type SignedNote, signNote } from './archive/receipts/signed-note.ts';
export { newSm2Key, readSm2KeyPem, type Sm2Key, sm2KeyPem, sm2Signer } from './archive/receipts/sm2.ts';
export { readVerifierKey } from './archive/receipts/verifier-key.ts';
export type { FeedStatus } from './archive/records/feed-cursors.ts';
export { type IndexRecord, IndexRecords, noRecordBefore } from './archive/records/index-records.ts';
export { RecordFeeds, type RecordFeedsOptions } from './archive/records/record-feeds.ts';
export type { FeedCursor, RecordPlace } from './archive/records/record-place.ts';
export {
  type DirectoryTargetSettings,
  directoryTarget,
  type HttpTargetSettings,
  type S3Dialect,
  type S3TargetSettings,
  s3Dialects,
  type TargetSettings,
} from './archive/target-settings.ts';
export { CaseWork, type CaseWorkOptions } from './case-work.ts';
export { CaseBook, type Delivery, type DeliveryOutcome, type DeliveryResult } from './cases/case-book.ts';
export { longestCaseNumber, normalCaseNumber } from './cases/case-number.ts';
export {
  type CaseFilter,
  type CaseListing,
  type CasePosition,
  type Known,
  type KnownActivity,
  type KnownCase,
  type KnownOfficer,
  type KnownUnit,
  listCases,
  listOfficers,
  listUnits,
  type OfficerFilter,
  type OfficerListing,
  type ReceivedFacts,
  readActivities,
  readActivity,
  readCase,
  readCases,
  readFactsHistory,
  readKnownIds,
  readOfficer,
  readOfficers,
  readUnit,
} from './cases/case-queries.ts';
export {
  type ActivityFacts,
  type CaseDecision,
  type CaseFacts,
  type CaseFactsRecord,
  type FactsKind,
  factsKinds,
  type OfficerFacts,
  type UnitFacts,
  type Withdrawal,
} from './cases/case-record.ts';
export { type CaseStanding, readCaseStandings } from './cases/case-standings.ts';
export {
  type ActivityKind,
  activityKinds,
  type CaseCategory,
  type CaseStep,
  type CertificateIssuer,
  caseCategories,
  caseSteps,
  certificateIssuers,
  type RiskTrigger,
  riskTriggers,
  type Secrecy,
  secrecies,
} from './cases/case-terms.ts';
export { type ClipFilter, type ClipListing, listClips, readClip } from './clip/clip-queries.ts';
export type { ClipRecord, MediaFacts, ReceiptSummary } from './clip/clip-record.ts';
export { type ClipState, hasLocalMedia, isStored, legalMoves, storedStates } from './clip/clip-states.ts';
export type { Quarantine, QuarantineReason } from './clip/quarantine.ts';
export { claimRules } from './coverage/check-claim.ts';
export { Coverage, type CoveragePolicy, usualCoverage } from './coverage/coverage.ts';
export {
  type CoverageFilter,
  type CoveragePlace,
  listJudged,
  readCaseCoverage,
  readJudgementHistory,
} from './coverage/coverage-queries.ts';
export type {
  ActivityCoverage,
  CaseCoverage,
  CoverageLine,
  CoverageRollUp,
  JudgementEntry,
} from './coverage/coverage-view.ts';
export { type ExceptionFilter, readExceptions } from './coverage/exception-queries.ts';
export {
  type CoverageException,
  type ExceptionClaim,
  type ExceptionDecision,
  type ExceptionVerdict,
  exceptionVerdicts,
} from './coverage/exception-record.ts';
export { Exceptions } from './coverage/exceptions.ts';
export {
  type ApprovedException,
  type CoverageGap,
  type CoverageState,
  type CoveringClip,
  coverageStates,
  type ExceptionKind,
  type ExemptionCode,
  exceptionKinds,
  exemptionCodes,
  type GapReasonCode,
  gapReasonCodes,
  type Judgement,
  type PersonConcern,
  type PersonConcernCode,
  personConcernCodes,
  type UnprovenReason,
  unprovenReasons,
} from './coverage/judgement.ts';
export { rollUp } from './coverage/roll-up.ts';
export { stateRules, statesWorstFirst } from './coverage/state-precedence.ts';
export { CustodyLog } from './custody/custody-log.ts';
export { type CustodyRecord, listCustody } from './custody/custody-queries.ts';
export {
  appendLeaf,
  emptyFrontier,
  type Frontier,
  leafHash,
  type NodeHash,
  rootOf,
} from './custody/merkle-tree.ts';
export {
  type Deadline,
  type DeadlineKind,
  type DeadlinePeriod,
  type DeadlineSource,
  type DeadlineState,
  deadlineKinds,
  deadlineState,
  deadlineStates,
} from './deadlines/deadline.ts';
export { type DeadlinePolicy, usualDeadlines } from './deadlines/deadline-policy.ts';
export type { DeadlineFilter, DeadlinePosition, DeadlineRecord } from './deadlines/deadline-queries.ts';
export { listDeadlines, readDeadlines } from './deadlines/deadline-queries.ts';
export { type CalendarOptions, type CountedDay, WorkingCalendar } from './deadlines/working-calendar.ts';
export { Disclosure, type DisclosurePolicy, type DisclosureRefusal } from './disclosure/disclosure.ts';
export {
  type DeliveryState,
  type DisclosureAct,
  type DisclosureDelivery,
  type DisclosureEvent,
  DisclosureOutbox,
  type DisclosureOutcome,
  type DisclosureWay,
  disclosureWays,
} from './disclosure/outbox.ts';
export type { DisclosureKind } from './disclosure/published-columns.ts';
export type { DockingProgress } from './docking/docking-progress.ts';
export { listDockings, readDocking } from './docking/docking-queries.ts';
export type {
  DockingIssue,
  DockingIssueCode,
  DockingRecord,
  RecorderConcern,
  RecorderSummary,
} from './docking/docking-record.ts';
export { type ActQueue, type IdleRecorder, type OperatorAct, OperatorActs } from './docking/operator-acts.ts';
export type { RecorderCare, SafeRecorder } from './docking/recorder-care.ts';
export type { DockingPhase, DockingStatus } from './docking/run-docking.ts';
export {
  type Change,
  compareDutyLists,
  type DutyColumn,
  type DutyListDifference,
  type DutyRule,
  dutyColumns,
  dutyRules,
} from './duties/compare-duty-lists.ts';
export {
  type DutyBasis,
  type DutyItem,
  type DutyLevel,
  type DutyListContent,
  type DutyListVersion,
  type DutyReference,
  dutyLevels,
  type MediaKind,
  mediaKinds,
  type PublishingRule,
  type RuleSource,
  type RuleSubject,
  ruleSubjects,
  type WholeProcessRule,
} from './duties/duty-list.ts';
export { DutyLists, type NewDutyList } from './duties/duty-lists.ts';
export { type Duty, dutyOf, type JudgedActivity, type JudgedCase } from './duties/duty-of.ts';
export type { DutyListPreset } from './duties/presets/duty-list-preset.ts';
export { dutyListPresets } from './duties/presets/duty-list-presets.ts';
export { errnoOf, IngestError, type IngestErrorCode, isIngestError } from './errors.ts';
export { IndexDatabase, type IndexReader, type Transaction } from './index-store/index-database.ts';
export { Ingest, type IngestOptions } from './ingest.ts';
export {
  codecString,
  type FlacFormat,
  fragment,
  initSegment,
  isVideo,
  type Mp4Format,
  type Mp4Track,
  pictureSize,
  pictureTimes,
  type Sample,
  type SampleRun,
  sampleData,
  untoldFormat,
} from './live/fragmented-mp4/index.ts';
export {
  graveAlarmKinds,
  type LiveAlarm,
  type LiveAlarmKind,
  liveAlarmKinds,
  type RaisedAlarm,
} from './live/live-alarm.ts';
export { type LiveAlarmFilter, LiveAlarms, readLiveAlarm } from './live/live-alarms.ts';
export type { SessionTrack } from './live/live-index.ts';
export {
  type LiveGap,
  type LiveSegment,
  type LiveSession,
  type LiveSessionDetail,
  type LiveSessionFilter,
  readLiveSession,
  readLiveSessions,
} from './live/live-queries.ts';
export { describeReason, type LiveReason, storeReason } from './live/live-reason.ts';
export type {
  LiveEndCause,
  LiveGapCause,
  LiveRecorder,
  LiveRecording,
} from './live/live-recording.ts';
export {
  type LiveSource,
  liveRealm,
  type PullSource,
  type PushCredential,
  type PushRtmpSource,
  type PushRtspSource,
  type PushSource,
  pushCredential,
  streamKeySha256,
} from './live/live-source.ts';
export { LiveSources, type SetSource } from './live/live-sources.ts';
export { AlignedOriginal, type Alignment } from './live/reconcile/align-pictures.ts';
export type { MatchEvidence, MatchVerdict, UndecidedReason } from './live/reconcile/match.ts';
export {
  type ComparisonResult,
  PictureComparisons,
  type WaitingComparison,
  type WaitingSegment,
} from './live/reconcile/picture-comparisons.ts';
export { Pictures, PicturesBuilder } from './live/reconcile/pictures.ts';
export { Reconciliation } from './live/reconcile/reconciliation.ts';
export {
  type LiveMatch,
  type LiveMatchEntry,
  readClipMatches,
  readSessionReconciliation,
  type SessionReconciliation,
} from './live/reconcile/reconciliation-queries.ts';
export type { WantedSource } from './live/wanted-source.ts';
export type { ClipLinkFile, QueuedClip, ShownCode } from './mapping/clip-file.ts';
export {
  type ClipLink,
  type LinkConfidence,
  type LinkEntry,
  type LinkSource,
  linkConfidences,
  linkSources,
  readLinkHistory,
  readLinks,
} from './mapping/clip-link.ts';
export { type ClipMapping, type MappingState, mappingStates } from './mapping/clip-mapping.ts';
export { type CodeContent, codeText, readCodeText } from './mapping/code-text.ts';
export {
  type LinkSuggestion,
  type LinkTarget,
  type QueueReason,
  queueReasons,
  type SuggestionGround,
  suggestionGrounds,
} from './mapping/decision.ts';
export type { WantedTarget } from './mapping/link-acts.ts';
export { defaultMappingPolicy, type MappingPolicy } from './mapping/link-evidence.ts';
export type { LiveSessionCase } from './mapping/live-session-case.ts';
export { Mapping } from './mapping/mapping.ts';
export type { QueueFilter } from './mapping/mapping-queue.ts';
export { readTargetFacts, type TargetFacts } from './mapping/target-facts.ts';
export type { NewBookmark } from './operations/bookmarks.ts';
export { type ClipBookmark, readBookmarksOfClip } from './operations/bookmarks-of-clip.ts';
export {
  type Bookmark,
  type BookmarkKind,
  bookmarkKinds,
  type Operation,
  type OperationFile,
  type OperationPart,
  type OperationSubject,
} from './operations/operation.ts';
export {
  listOperations,
  type OperationFilter,
  readOperation,
  readOperationFile,
  readOperationsOfCase,
} from './operations/operation-queries.ts';
export { type NewOperation, Operations } from './operations/operations.ts';
export type { JoiningRecorder } from './operations/parts.ts';
export { ClipLocks } from './pull/clip-locks.ts';
export { HashPool } from './pull/hash-pool.ts';
export type { DigestChoice } from './pull/hash-protocol.ts';
export { readBackFile } from './pull/read-back.ts';
export { receiveBytes } from './pull/receive-bytes.ts';
export { markDue, type ReckonedKind } from './reckoning/due.ts';
export { Reckoner, type ReckonerOptions, type Reckoning } from './reckoning/reckoner.ts';
export type { Recovery } from './recover.ts';
export {
  type ActGround,
  type IssueTo,
  type LedgerListener,
  RecorderLedger,
} from './register/recorder-ledger.ts';
export { listRegister, readRecorderHistory, readRegistered } from './register/register-queries.ts';
export {
  type LedgerEntry,
  type RecorderBinding,
  type RecorderChange,
  type RecorderHistory,
  type RecorderReading,
  type RecorderStanding,
  type RecorderState,
  type RegisteredRecorder,
  recorderStates,
} from './register/register-record.ts';
export type { StatedRecorder } from './register/stated-recorder.ts';
export type { WrittenIdentity } from './register/write-identity.ts';
export type {
  ReceiptShortfall,
  ReleasePolicy,
  ReleaseRefusal,
  ReleaseVerdict,
  ShortfallCode,
} from './release/release-policy.ts';
export { type DeletionCertificate, readCertificate } from './retention/certificate.ts';
export {
  type ClipDeletion,
  type DeletionRequest,
  type DeletionState,
  deletionStates,
  listDeletionRequests,
  readDeletionRequest,
} from './retention/deletion-record.ts';
export { type Hold, type HoldGround, holdGrounds, type PersonGround } from './retention/holds.ts';
export {
  type KeepReason,
  type KeepReasonCode,
  keepReasonCodes,
  type Retention,
  type RetentionClass,
  type RetentionPolicy,
  retentionClasses,
} from './retention/retention.ts';
export type { ClipRetention, ExpiredClip, RetentionOptions } from './retention/retention-book.ts';
export {
  type KeptPacket,
  LegalReview,
  type ReviewAct,
  type ReviewFinding,
  reviewFindings,
} from './review/legal-review.ts';
export {
  type OpenQuestion,
  type QuestionCode,
  questionCodes,
  type Readiness,
} from './review/open-question.ts';
export {
  Publication,
  type PublicationObstacle,
  type PublicationStanding,
  publicationObstacles,
  type ReviewRule,
  reviewRules,
  type UnpublishableCause,
} from './review/publication.ts';
export type {
  PacketActivity,
  PacketBookmark,
  PacketClip,
  PacketDeadline,
  PacketOfficer,
  PacketOperation,
  PacketStep,
  ReviewContent,
  ReviewPacket,
} from './review/review-packet.ts';
export { type Grouping, groupingColumns, groupings } from './statistics/groupings.ts';
export { type FigureUnit, type MeasureName, measureNames, measures } from './statistics/measures.ts';
export { Statistics } from './statistics/statistics.ts';
export type { StatisticsPolicy } from './statistics/statistics-policy.ts';
export {
  askStatistics,
  type Figure,
  type GroupKey,
  mostGroups,
  type StatisticsAnswer,
  type StatisticsFilter,
  type StatisticsQuestion,
} from './statistics/statistics-queries.ts';
export { announceStep, type Step, stepChannel } from './step-channel.ts';
export { makeFolder, replaceFile, syncFolder, writeNewFile } from './store/durable-files.ts';
export { LocalCopies } from './store/local-copies.ts';
export type { Room } from './store/room.ts';
export { sha256Hex } from './store/sealed-record.ts';
export { mediaFileName, StoreLayout } from './store/store-layout.ts';
export { type StoreSpacePolicy, usualStoreSpace } from './store/store-space.ts';
export type {
  ClipInstant,
  ClipTime,
  TimeConflict,
  TimeDoubt,
  TimeSource,
  TimeSourceKind,
} from './time/clip-time.ts';
export { type ClipTimePolicy, ClipTimes } from './time/clip-times.ts';
export {
  type ClockDrift,
  type ClockEntry,
  type ClockSet,
  lastAnchor,
  lastSetMs,
} from './time/clock-history.ts';
export { type ClockHistoryRecord, ClockIndex, readClockHistory } from './time/clock-index.ts';
export type { ClockLimits } from './time/clock-limits.ts';
export { type ClockStatement, clockStatement, type UnreadableReason } from './time/clock-statement.ts';
export {
  type ClockVerdict,
  type ClockVerdictReason,
  type ClockVerdictState,
  judgeClock,
} from './time/clock-verdict.ts';
export type { ClockPolicy } from './time/docking-clock.ts';
export { type HostClock, isSynchronised } from './time/host-clock/host-clock.ts';
export {
  type HostClockOptions,
  HostClockReader,
  type HostClockSource,
} from './time/host-clock/host-clock-reader.ts';
export type { Difference, DifferenceCode } from './verify/difference.ts';
export type { DeletedClip } from './verify/verify-deletions.ts';
export { type VerifyReport, verifyStore } from './verify/verify-store.ts';
