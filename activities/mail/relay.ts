import { createTransport, type Transporter } from 'nodemailer';

/** The site's own mail relay. */
export interface Relay {
  host: string;
  port: number;
  /** From the first byte, or by STARTTLS, without which nothing is said to it. */
  tls: 'implicit' | 'starttls';
  /** PEM of the only authority whose certificate for this host is believed. */
  caPem: string;
  from: string;
  credentials?: { name: string; password: () => string } | undefined;
}

/** The relay is away, is not the one that is meant, or says "later" (RFC 5321 §4.2.1): to be tried again. */
export class RelayUnavailable extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'RelayUnavailable';
  }
}

export interface Mail {
  /** A UUID: the same mail sent twice, after a crash, has one Message-ID (RFC 5322 §3.6.4), by which servers and programs tell. */
  id: string;
  to: string;
  subject: string;
  text: string;
}

const ANSWERS_MS = 10_000;

/** The relay that a process has to do with; nothing is opened yet, and nothing else than this host is ever asked. */
function transportTo({ host, port, tls, caPem, credentials }: Relay): Transporter {
  return createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    tls: { ca: caPem, servername: host, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(credentials ? { auth: { user: credentials.name, pass: credentials.password() } } : {}),
    connectionTimeout: ANSWERS_MS,
    greetingTimeout: ANSWERS_MS,
    socketTimeout: ANSWERS_MS,
    // A mail of ours is a text; nothing in it may make this process read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Hands one mail to the relay. `refused` when the relay will never take it (5yz). Throws RelayUnavailable for everything that may pass. */
export async function sendThrough(relay: Relay, { id, to, subject, text }: Mail): Promise<'accepted' | 'refused'> {
  const transport = transportTo(relay);
  try {
    await transport.sendMail({
      from: { name: 'Countersign', address: relay.from },
      to: { name: '', address: to },
      messageId: `<${id}@${relay.from.split('@')[1]}>`,
      subject,
      text,
      // RFC 3834 §5: nobody's holiday answers it.
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    return 'accepted';
  } catch (error) {
    if (isForGood(error)) return 'refused';
    throw new RelayUnavailable(whatHappened(error));
  } finally {
    transport.close();
  }
}

/** Whether the relay is the one that is meant, is reached over TLS, and takes the credentials. Throws RelayUnavailable saying what is not so. */
export async function tryRelay(relay: Relay): Promise<void> {
  const transport = transportTo(relay);
  try {
    await transport.verify();
  } catch (error) {
    throw new RelayUnavailable(whatHappened(error));
  } finally {
    transport.close();
  }
}

/** An answer of 5yz to the mail itself. What is wrong with the connection or the credentials is mended by somebody one day. */
function isForGood(error: unknown): boolean {
  const { code, responseCode } = error as { code?: string; responseCode?: number }; // nodemailer puts both on its errors
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
}

/** In words of ours: a relay's own may quote the address. */
function whatHappened(error: unknown): string {
  const { code, responseCode, command } = error as { code?: string; responseCode?: number; command?: string };
  return [code ?? 'unknown', command, responseCode].filter((part) => part !== undefined).join(' ');
}
