import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Kerberos, LDAP, kpasswd, LDAPS and the global catalogue: Samba offers no other ports for them.
const ports = [88, 389, 464, 636, 3268, 3269];

/** A loopback address on which a domain controller can listen; several controllers live beside each other this way. Throws after 50 tries. */
export async function freeDirectoryAddress(): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const address = `127.86.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    if (await addressIsFree(address)) return address;
  }
  throw new Error('no loopback address has its ports 88, 389, 464 and 636 free; something listens on 0.0.0.0 there');
}

/** Whether all ports of a controller can be bound on this address now. */
export async function addressIsFree(address: string): Promise<boolean> {
  for (const port of ports) if (!(await canBind(address, port))) return false;
  return true;
}

function canBind(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
