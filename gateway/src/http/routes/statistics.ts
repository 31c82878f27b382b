import type { StatisticsAnswer as Answered, StatisticsQuestion } from '@docket/ingest';
import { StatisticsAnswer, StatisticsMeasures, StatisticsQuery } from '../../contract/index.ts';
import { measureList } from '../../statistics/measure-list.ts';
import { csvFile, xlsxFile } from '../../statistics/statistics-files.ts';
import { statisticsSheet } from '../../statistics/statistics-sheet.ts';
import { answers, byteAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { attachment } from '../media/content-disposition.ts';
import { asOperatorAsked } from '../operator-problem.ts';
import { HttpProblem } from '../problem.ts';

const csvType = 'text/csv; charset=utf-8';
const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function statisticsRoutes(app: HttpApp, { caseWork }: HttpDependencies): void {
  const ask = (query: StatisticsQuery) => asOperatorAsked(caseWork.statistics.ask(questionOf(query)));
  const schema = { tags: ['statistics'], querystring: StatisticsQuery };

  app.get(
    '/statistics',
    {
      config: { scope: 'read' },
      schema: {
        ...schema,
        operationId: 'askStatistics',
        summary: 'One figure over a period, by at most two groupings',
        response: answers(StatisticsAnswer, 'The figure, in whole and by group'),
      },
    },
    ({ query }) => ask(query),
  );

  app.get(
    '/statistics.csv',
    {
      config: { scope: 'read' },
      schema: {
        ...schema,
        operationId: 'exportStatisticsCsv',
        summary: 'The same figure as CSV, headings in both languages',
        response: byteAnswers({ 200: 'RFC 4180 in UTF-8 with a byte order mark' }, csvType),
      },
    },
    async ({ query }, reply) => {
      const answer = await ask(query);
      reply.header('content-disposition', attachment(fileNameOf(answer), 'csv')).type(csvType);
      return reply.send(csvFile(statisticsSheet(answer)));
    },
  );

  app.get(
    '/statistics.xlsx',
    {
      config: { scope: 'read' },
      schema: {
        ...schema,
        operationId: 'exportStatisticsXlsx',
        summary: 'The same figure as a workbook, with a sheet that says what is counted',
        response: byteAnswers({ 200: 'Office Open XML workbook' }, xlsxType),
      },
    },
    async ({ query }, reply) => {
      const answer = await ask(query);
      reply.header('content-disposition', attachment(fileNameOf(answer), 'xlsx')).type(xlsxType);
      return reply.send(await xlsxFile(statisticsSheet(answer)));
    },
  );

  app.get(
    '/statistics/measures',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['statistics'],
        operationId: 'listMeasures',
        summary: 'What every figure means, and what it can be asked by',
        response: answers(StatisticsMeasures, 'The measures'),
      },
    },
    () => measureList(),
  );
}

function questionOf({ measure, by = [], from, to, ...filter }: StatisticsQuery): StatisticsQuestion {
  if (from > to) throw new HttpProblem('request-invalid', 'querystring/from must not be after to');
  return { measure, by, from, to, filter };
}

function fileNameOf({ measure, by, from, to }: Answered): string {
  return ['docket', measure, ...by, from, to].join('-');
}
