import type { DutyColumn, DutyItem, DutyListContent, DutyRule } from '@docket/gateway/contract';
import { useWords } from '../use-words.ts';
import { periodParts } from './storage-period.ts';

type Publishing = DutyListContent['publishing'];
type WholeProcess = DutyListContent['wholeProcess'];

/** The columns and rules of a duty list in words. */
export function useDutyWords() {
  const { t, word } = useWords();
  const nothing = () => t('dutyList.nothing');

  function listed(group: string, words: readonly string[] | '*'): string {
    if (words === '*') return t('dutyList.any');
    if (words.length === 0) return nothing();
    return words.map((one) => word(`caseTerms.${group}`, one)).join(t('dutyList.wordSeparator'));
  }

  function period(retention: DutyItem['retention']): string {
    if (typeof retention === 'string') return t(`dutyList.retention.${retention}`);
    return periodParts(retention.duration)
      .map(({ count, unit }) => t(`dutyList.period.${unit}`, { count }))
      .join(' ');
  }

  function timeLimit(limit: DutyItem['timeLimit']): string {
    return limit === null ? nothing() : t(`dutyList.timeLimit.${limit.unit}`, { count: limit.count });
  }

  /** What stands in a column of an item. */
  function column(name: DutyColumn, value: unknown): string {
    switch (name) {
      case 'categories':
        return listed('category', value as DutyItem['categories']);
      case 'steps':
        return listed('step', value as DutyItem['steps']);
      case 'activities':
        return listed('activity', value as DutyItem['activities']);
      case 'mediaKinds':
        return listed('mediaKind', value as DutyItem['mediaKinds']);
      case 'timeLimit':
        return timeLimit(value as DutyItem['timeLimit']);
      case 'retention':
        return period(value as DutyItem['retention']);
      case 'level':
        return word('caseTerms.dutyLevel', value as string);
      case 'isDerived':
        return t(value === true ? 'common.yes' : 'common.no');
      case 'basis': {
        const { document, sentence } = value as DutyItem['basis'];
        return sentence === '' ? document : t('dutyList.quoted', { document, sentence });
      }
      default:
        return (value as string | null) ?? nothing();
    }
  }

  function wholeProcess({ effect, triggers, activities }: WholeProcess): string {
    const rule = t(`dutyList.effect.${effect}`);
    if (triggers.length === 0) return rule;
    return t('dutyList.effectWhere', {
      rule,
      triggers: listed('riskTrigger', triggers),
      activities: listed('activity', activities),
    });
  }

  function publishing(rules: Publishing): string {
    if (rules.length === 0) return nothing();
    return rules
      .map(({ categories, workingDays }) =>
        t('dutyList.publishingRule', { categories: listed('category', categories), days: workingDays }),
      )
      .join(t('dutyList.ruleSeparator'));
  }

  /** What one of the other rules says. */
  function rule(name: DutyRule, value: unknown): string {
    switch (name) {
      case 'categories':
        return listed('category', value as DutyListContent['categories']);
      case 'reviewCategories':
        return listed('category', value as DutyListContent['reviewCategories']);
      case 'steps': {
        const { names, isDefault } = value as DutyListContent['steps'];
        const words = listed('step', names);
        return isDefault ? t('dutyList.stepsByDefault', { steps: words }) : words;
      }
      case 'wholeProcess':
        return wholeProcess(value as WholeProcess);
      case 'publishing':
        return publishing(value as Publishing);
      case 'certificateIssuers': {
        const issuers = value as DutyListContent['certificateIssuers'];
        return issuers.length === 0 ? t('dutyList.anyIssuer') : listed('issuer', issuers);
      }
      case 'publishesValidity':
        return t(value === true ? 'common.yes' : 'common.no');
      case 'sources':
        return (value as DutyListContent['sources'])
          .map(({ rule: subject, basis }) =>
            t('dutyList.sourceOf', {
              rule: t(`dutyList.subject.${subject}`),
              basis: column('basis', basis),
            }),
          )
          .join(t('dutyList.ruleSeparator'));
    }
  }

  return { column, rule, listed };
}
