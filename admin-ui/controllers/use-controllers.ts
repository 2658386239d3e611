import { useQuery } from '@tanstack/react-query';
import { usePresence } from '../live/presence.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { ControllerSeen } from '../records.ts';

/** A process notes what it knows four times a minute, and no signal tells of it. */
const EVERY_MS = 10_000;

/** What each process knows of each domain controller; undefined until known. */
export function useControllers(): ControllerSeen[] | undefined {
  const data = useConsoleData();
  const present = usePresence();
  return useQuery({
    queryKey: ['controllers'],
    queryFn: ({ signal }) => data.controllers(signal),
    refetchInterval: present && EVERY_MS,
    retry: false,
  }).data;
}
