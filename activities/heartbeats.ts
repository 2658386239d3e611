import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/**
 * Lets the server know that a step is being worked on, where its caller asked for that: one whose process has died is then
 * taken up again within its heartbeat timeout, and not only at its deadline. A step that takes long is left alone.
 */
export const heartbeats = (context: Context): ActivityInterceptors => ({
  inbound: {
    async execute(input, next) {
      const { heartbeatTimeoutMs } = context.info;
      if (!heartbeatTimeoutMs) return next(input);
      const beat = setInterval(() => context.heartbeat(), heartbeatTimeoutMs / 4);
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  },
});
