import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NewestComparison } from '../records.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { problemOf } from '../provider/request.ts';
import { useSay } from '../say.ts';

const EVERY_MS = 1000;
/** Somebody else's comparison, which this page waits for. */
const ELSEWHERE_MS = 5000;

/** The newest comparison of a version, asked for each second as long as it runs; begun and stopped from here. */
export function useComparison(sha256: string) {
  const say = useSay();
  const data = useConsoleData();
  const queries = useQueryClient();
  const queryKey = ['comparison', sha256];
  const { data: newest } = useQuery({
    queryKey,
    queryFn: ({ signal }) => data.comparison(sha256, signal),
    refetchInterval: ({ state }) => pauseOf(state.data),
    retry: false,
  });
  const settled = { onSettled: () => void queries.invalidateQueries({ queryKey }), gcTime: 0 };
  const begin = useMutation({ mutationFn: () => data.compare(sha256), ...settled });
  const stop = useMutation({ mutationFn: (id: string) => data.stopComparison(id), ...settled });
  const { detail } = problemOf(begin.error ?? stop.error);
  const failed = begin.isError || stop.isError;
  return {
    newest,
    begin: () => begin.mutate(),
    stop: (id: string) => stop.mutate(id),
    working: begin.isPending || stop.isPending,
    problem: failed ? (detail ?? say('problem.generic')) : undefined,
  };
}

function pauseOf(newest: NewestComparison | undefined): number | false {
  if (newest?.item?.state === 'running') return EVERY_MS;
  return newest?.underWay ? ELSEWHERE_MS : false;
}

/** The accounts behind one number, once somebody wants to see them. */
export function useNames(id: string, of: string, change: number, wanted: boolean) {
  const data = useConsoleData();
  return useQuery({
    queryKey: ['comparison-names', id, of, change],
    queryFn: ({ signal }) => data.comparedNames(id, { of, change }, signal),
    enabled: wanted,
    retry: false,
  });
}
