import { Typography } from '@mui/material';
import { useEffect, useRef } from 'react';

/** The heading of what has just come in the place of something else. Takes the focus, which would be nowhere. */
export function Reached({ title }: { title: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Typography component="h2" variant="h2" ref={heading} tabIndex={-1} sx={{ outline: 'none' }}>
      {title}
    </Typography>
  );
}
