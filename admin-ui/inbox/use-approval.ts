import { useQuery } from '@tanstack/react-query';
import { usePoll } from '../live/use-poll.ts';
import { useConsoleData } from '../provider/use-console-data.ts';

/**
 * One approval with what stands around it, kept fresh while it is shown. Not react-admin's useGetOne: that takes a row of the
 * list for the whole record until the answer is there, and a row lacks what stands around.
 */
export function useApproval(id: string) {
  const data = useConsoleData();
  const refetchInterval = usePoll();
  return useQuery({
    queryKey: ['approvals', 'in context', id],
    queryFn: ({ signal }) => data.approval(id, signal),
    refetchInterval,
    retry: false,
  });
}
