import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** What both sides sign. The port is part of it, so that a proof made for one door opens no other. */
export interface Handshake {
  /** 32 random bytes of each side, as 64 hex digits. */
  clientNonce: string;
  serverNonce: string;
  /** Identity of this run of the daemon. */
  instance: string;
  port: number;
  protocol: number;
}

/**
 * HMAC-SHA-256 (RFC 2104) over role and handshake, as hex. `secret` is 64 hex digits. The role keeps one side's proof
 * from being reflected as the other's.
 */
export function proof(secret: string, role: 'client' | 'server', handshake: Handshake): string {
  const { clientNonce, serverNonce, instance, port, protocol } = handshake;
  const text = ['uprez', role, clientNonce, serverNonce, instance, port, protocol].join('|');
  return bytesToHex(hmac(sha256, hexToBytes(secret), utf8ToBytes(text)));
}

/** Compares two hex strings without telling by its time where they differ. */
export function sameProof(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
