import { Type } from '@docket/device-protocol/schema';
import {
  AssignLabelRequest,
  Calibration,
  Identifier,
  RenamePlaceRequest,
  SlotPlace,
} from '../../contract/index.ts';
import { LabelRefusal } from '../../slots/slot-labels.ts';
import { answers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { HttpProblem } from '../problem.ts';

const tags = ['slots'];

/** The places of the dock and their labels. */
export function placeRoutes(app: HttpApp, { labels, log }: HttpDependencies): void {
  const response = answers(Type.Object({ places: Type.Array(SlotPlace) }), 'Every place that has a label');
  const params = Type.Object({ placeId: Identifier });
  const changed = async (change: Promise<void>) => {
    await change.catch((error: unknown) => {
      throw error instanceof LabelRefusal ? new HttpProblem(error.code, error.message) : error;
    });
    return { places: labels.list() };
  };

  app.get(
    '/places',
    {
      config: { scope: 'read' },
      schema: { operationId: 'listPlaces', summary: 'Places of the dock that have a label', tags, response },
    },
    () => ({ places: labels.list() }),
  );

  app.post(
    '/places',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'assignLabel',
        summary: 'Give the place of a port its label',
        tags,
        body: AssignLabelRequest,
        response,
      },
    },
    ({ body: { slot, label }, caller }) => {
      log.info({ slot, label, operator: caller.name }, 'slot labelled');
      return changed(labels.assign(slot, label.trim(), caller.name ?? 'unknown'));
    },
  );

  app.put(
    '/places/:placeId',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'renamePlace',
        summary: 'Give a place another label',
        tags,
        params,
        body: RenamePlaceRequest,
        response,
      },
    },
    ({ params: { placeId }, body: { label }, caller }) => {
      log.info({ placeId, label, operator: caller.name }, 'place renamed');
      return changed(labels.rename(placeId, label.trim(), caller.name ?? 'unknown'));
    },
  );

  app.delete(
    '/places/:placeId',
    {
      config: { scope: 'operate' },
      schema: { operationId: 'forgetPlace', summary: 'Forget the label of a place', tags, params, response },
    },
    ({ params: { placeId }, caller }) => {
      log.info({ placeId, operator: caller.name }, 'label forgotten');
      return changed(labels.forget(placeId));
    },
  );
}

/** The guided naming of slots. */
export function calibrationRoutes(app: HttpApp, { calibration }: HttpDependencies): void {
  const response = answers(Calibration, 'The calibration as it now stands');

  app.get(
    '/calibration',
    {
      config: { scope: 'read' },
      schema: { operationId: 'readCalibration', summary: 'How slot calibration stands', tags, response },
    },
    () => calibration.state(),
  );

  app.post(
    '/calibration',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'startCalibration',
        summary: 'Begin slot calibration: what is plugged in from now on shows its port and is not docked',
        tags,
        response,
      },
    },
    ({ caller }) => {
      if (!calibration.start(caller.name ?? 'unknown')) throw new HttpProblem('calibration-running');
      return calibration.state();
    },
  );

  app.delete(
    '/calibration',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'stopCalibration',
        summary: 'End slot calibration; what still stands in a slot is docked',
        tags,
        response,
      },
    },
    () => {
      calibration.stop();
      return calibration.state();
    },
  );
}
