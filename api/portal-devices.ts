import { NOTICE_STATES, type NoticeState } from '#domain/device.ts';
import { noticeForOwner } from '#domain/device-words.ts';
import type { Database } from '#db';

/** A device that remembers the claimant's password, and what they have to know of it. */
export interface OwnDevice {
  name: string;
  words: string;
}

/** The devices of whoever has just set a new password, each with what became of its old one, in words. By name. */
export async function ownDevices(db: Database, reset: string): Promise<OwnDevice[]> {
  const rows = await db.notice.findMany({
    where: { resetId: reset },
    orderBy: [{ device: 'asc' }, { id: 'asc' }],
    take: 20,
    select: { device: true, platform: true, state: true },
  });
  return rows.flatMap(({ device, platform, state }) => {
    const words = isNoticeState(state) ? noticeForOwner(state, platform) : undefined;
    return words === undefined ? [] : [{ name: device, words }];
  });
}

function isNoticeState(text: string): text is NoticeState {
  return (NOTICE_STATES as readonly string[]).includes(text);
}
