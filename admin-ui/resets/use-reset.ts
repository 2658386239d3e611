import { useQuery } from '@tanstack/react-query';
import { useConsoleData } from '../provider/use-console-data.ts';
import { usePoll } from '../live/use-poll.ts';
import type { ResetDetail } from '../records.ts';

/**
 * One reset with its timeline. It has a key of its own below `resets`: react-admin fills its key for one record from the
 * list, and a row of the list has no timeline.
 */
export function useReset(id: string) {
  const data = useConsoleData();
  const refetchInterval = usePoll();
  return useQuery({
    queryKey: ['resets', 'whole', id],
    queryFn: async ({ signal }) => (await data.getOne<ResetDetail>('resets', { id, signal })).data,
    refetchInterval,
    retry: false,
  });
}
