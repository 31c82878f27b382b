/** For tests: what every archive target must do, and archives written by others. Nothing that ships speaks to them. */
export {
  type ArchiveUnderTest,
  archiveContract,
  depositOf,
  FreeLine,
  footage,
} from './archive-contract.ts';
