import { factsKinds } from '@docket/ingest';
import { recordFields } from './record-fields.ts';
import {
  type Aliases,
  activityAliases,
  categoryAliases,
  issuerAliases,
  riskAliases,
  secrecyAliases,
  stepAliases,
} from './term-aliases.ts';

/** The fields of every kind and their columns in sheets, as tables for the document on case systems. */
export function recordFieldsDocument(): string {
  return factsKinds
    .map((kind) => {
      const rows = recordFields[kind].map(({ field, isNeeded, chinese, english, hintEnglish }) => {
        const columns = [...chinese, ...english.filter((name) => name !== field)].join('、');
        return `| \`${field}\` | ${isNeeded ? 'yes' : ''} | ${columns} | ${hintEnglish} |`;
      });
      return [
        `### \`${kind}\`\n`,
        '| field | needed | columns in sheets | what goes in |',
        '| --- | --- | --- | --- |',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}

/** Every term with the words that stand for it. */
export function termsDocument(): string {
  const groups: [string, Aliases<string>][] = [
    ['category', categoryAliases],
    ['step', stepAliases],
    ['activity', activityAliases],
    ['risk trigger', riskAliases],
    ['issuer', issuerAliases],
    ['secrecy', secrecyAliases],
  ];
  const rows = groups.flatMap(([group, aliases]) =>
    Object.entries(aliases).map(([term, words]) => `| ${group} | \`${term}\` | ${words.join('、')} |`),
  );
  return ['| | term | words of the field |', '| --- | --- | --- |', ...rows].join('\n');
}
