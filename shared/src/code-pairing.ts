import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { AppError } from './errors.ts';

/*
 * Six digits are too few to sign with: whoever sees one signature tries all codes offline. SRP-6a (RFC 5054 with
 * SHA-256) turns the code into a strong key of both sides instead, and gives an impostor on either side one guess for
 * each conversation, provided that the client proves first.
 */

/** The 2048-bit group of RFC 5054, appendix A, and its generator 2. */
const N = BigInt(
  '0xac6bdb41324a9a9bf166de5e1389582faf72b6651987ee07fc3192943db56050a37329cbb4a099ed8193e0757767a13dd52312ab4b03310d' +
    'cd7f48a9da04fd50e8083969edb767b0cf6095179a163ab3661a05fbd5faaae82918a9962f0b93b855f97993ec975eeaa80d740adbf4ff74' +
    '7359d041d5c33ea71d281e446b14773bca97b43a23fb801676bd207a436c6481f1d2b9078717461a5b9d32e688f87748544523b524b0d57d' +
    '5ea77a2775d2ecfa032cfbdbf52fb3786160279004e57ae6af874e7303ce53299ccc041c7bc308d82a5698f3a8d0c38271ae35f8e9dbfbb6' +
    '94b5c803d89f7ae435de236d525f54759b65e372fcd68ef20fa7111f9e4aff73',
);
const G = 2n;
const WIDTH = 512;

/** One side's part of an exchange. `private` is 32 random bytes as hex and never leaves that side. */
export interface KeyPair {
  private: string;
  public: string;
}

/** What the two sides send each other openly. */
export interface Exchange {
  clientKey: string;
  serverKey: string;
  /** The server's nonce. */
  salt: string;
}

/** The client's key pair. */
export function clientKeys(random: string): KeyPair {
  return { private: random, public: toHex(power(G, toNumber(random))) };
}

/** The daemon's key pair for one conversation, bound to the code. */
export function serverKeys(random: string, code: string, salt: string): KeyPair {
  const verifier = power(G, codeNumber(code, salt));
  return { private: random, public: toHex((multiplier() * verifier + power(G, toNumber(random))) % N) };
}

/** The common key as the client computes it. Throws `daemon.unauthorized` where the other side cheats. */
export function clientKey(keys: KeyPair, code: string, exchange: Exchange): string {
  const theirs = checked(exchange.serverKey);
  const x = codeNumber(code, exchange.salt);
  const u = scramble(exchange);
  const base = (((theirs - multiplier() * power(G, x)) % N) + N) % N;
  return digest(hexToBytes(toHex(power(base, toNumber(keys.private) + u * x))));
}

/** The common key as the daemon computes it; equal to the client's only where both know the code. */
export function serverKey(keys: KeyPair, code: string, exchange: Exchange): string {
  const theirs = checked(exchange.clientKey);
  const verifier = power(G, codeNumber(code, exchange.salt));
  const base = (theirs * power(verifier, scramble(exchange))) % N;
  return digest(hexToBytes(toHex(power(base, toNumber(keys.private)))));
}

/** The secret by which a client that paired by code proves itself from then on. */
export function lastingSecret(commonKey: string, pairing: string): string {
  return bytesToHex(hmac(sha256, hexToBytes(commonKey), utf8ToBytes(`uprez|pairing|${pairing}`)));
}

/** A key that is a multiple of N would make the common key predictable. */
function checked(key: string): bigint {
  const value = toNumber(key);
  if (value % N === 0n) throw new AppError('daemon.unauthorized');
  return value;
}

function scramble({ clientKey: a, serverKey: b }: Exchange): bigint {
  const u = toNumber(digest(concatBytes(hexToBytes(a), hexToBytes(b))));
  if (u === 0n) throw new AppError('daemon.unauthorized');
  return u;
}

function codeNumber(code: string, salt: string): bigint {
  return toNumber(digest(utf8ToBytes(`uprez|code|${salt}|${code}`)));
}

function multiplier(): bigint {
  return toNumber(digest(concatBytes(hexToBytes(toHex(N)), hexToBytes(toHex(G)))));
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % N;
    factor = (factor * factor) % N;
  }
  return result;
}

function digest(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

function toNumber(hex: string): bigint {
  return BigInt(`0x${hex}`);
}

function toHex(value: bigint): string {
  return value.toString(16).padStart(WIDTH, '0');
}
