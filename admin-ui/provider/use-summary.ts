import { useQuery } from '@tanstack/react-query';
import { POLL_MS } from '../live/live-updates.tsx';
import type { Summary } from '../records.ts';
import { useConsoleData } from './use-console-data.ts';

/** The few figures that the menu shows; undefined until known or when they cannot be read. */
export function useSummary(): Summary | undefined {
  const data = useConsoleData();
  return useQuery({ queryKey: ['summary'], queryFn: ({ signal }) => data.summary(signal), refetchInterval: POLL_MS, retry: false }).data;
}
