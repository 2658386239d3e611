import { useQuery } from '@tanstack/react-query';
import { usePermissions } from 'react-admin';
import { usePoll } from '../live/use-poll.ts';
import type { Role, Summary } from '../records.ts';
import { useConsoleData } from './use-console-data.ts';

/** The few figures that the menu shows; undefined until known or when they cannot be read. */
export function useSummary(): Summary | undefined {
  const data = useConsoleData();
  const refetchInterval = usePoll();
  const { permissions } = usePermissions<Role[]>();
  const enabled = (permissions ?? []).length > 0;
  return useQuery({ enabled, queryKey: ['summary'], queryFn: ({ signal }) => data.summary(signal), refetchInterval, retry: false }).data;
}
