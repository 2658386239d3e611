import { useEffect, useState } from 'react';

/** The present, refreshed every so many milliseconds while shown; the pages that count seconds ask for 1000. */
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
