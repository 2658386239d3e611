import { until as untilTrue } from './holds.ts';
import type { World } from './world.ts';

/** The clock of one reset, which its server moves on; everything else keeps the time of day. */
export interface Travel {
  /** Moves it on to a moment; the timers on the way have fallen due and their steps are done. */
  to: (moment: number) => Promise<void>;
  /** How many ms until the clock of the reset shows the moment. */
  until: (moment: number) => number;
}

export function travel({ temporal }: World, reset: string): Travel {
  let ahead = 0;
  const isBusy = async (): Promise<boolean> => {
    const { pendingWorkflowTask, pendingActivities } = await temporal.client.workflowService.describeWorkflowExecution({
      namespace: 'countersign',
      execution: { workflowId: `reset/${reset}` },
    });
    return Boolean(pendingWorkflowTask) || (pendingActivities ?? []).length > 0;
  };
  const until = (moment: number): number => moment - Date.now() - ahead;
  return {
    until,
    async to(moment) {
      const ms = Math.round(until(moment));
      if (ms <= 0) throw new Error('the clock of a reset only goes forward');
      await temporal.skip(reset, ms / 1000);
      ahead += ms;
      // The clock has passed the moment; a step that a timer on the way began may still be under way.
      await untilTrue('the steps are done', async () => !(await isBusy()));
    },
  };
}
