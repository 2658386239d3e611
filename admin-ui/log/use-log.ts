import { useQuery } from '@tanstack/react-query';
import { usePermissions } from 'react-admin';
import { usePresence } from '../live/presence.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { LogStanding, Role } from '../records.ts';

/** No signal tells that nothing happens: the standing is asked for, and more often while somebody waits. */
const CALM_MS = 20_000;
const WAITING_MS = 4_000;

/** Where the evidence log stands; undefined until known, or when it cannot be read. */
export function useLog(): LogStanding | undefined {
  const data = useConsoleData();
  const present = usePresence();
  const { permissions } = usePermissions<Role[]>();
  return useQuery({
    enabled: (permissions ?? []).length > 0,
    queryKey: ['log'],
    queryFn: ({ signal }) => data.log(signal),
    refetchInterval: ({ state }) => present && (state.data?.waits ? WAITING_MS : CALM_MS),
    retry: false,
  }).data;
}
