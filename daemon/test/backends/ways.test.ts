import { wayName } from '@uprez/shared';
import { expect, test } from 'vitest';
import { candidateWays, type Wish, withFallback } from '../../src/backends/local/ways.ts';
import type { EngineModel } from '../../src/models/engine-model.ts';

const network: EngineModel = { kind: 'planes', files: { fp32: 'fast.onnx', int8: 'fast.int8.onnx' } };
const nothing: Wish = { provider: null, precision: null };
const names = (model: EngineModel, wish: Wish): string[] => candidateWays(model, wish, ['cpu', 'webgpu']).map(wayName);

test('every provider of the platform is a candidate, in the precisions that suit it', () => {
  expect(names(network, nothing)).toEqual(['cpu fp32', 'cpu int8', 'webgpu fp16', 'webgpu fp32']);
});

test('a network without 8-bit weights is none in 8 bits', () => {
  expect(names({ kind: 'planes', files: { fp32: 'fast.onnx' } }, nothing)).not.toContain('cpu int8');
});

test('interpolation is left to the CPU', () => {
  expect(names({ kind: 'interpolation' }, { provider: 'webgpu', precision: 'fp16' })).toEqual(['cpu fp32']);
});

test('the wish of the user leaves out the others, whatever the platform says', () => {
  expect(names(network, { provider: 'cuda', precision: null })).toEqual(['cuda fp16', 'cuda fp32']);
  expect(names(network, { provider: null, precision: 'int8' })).toEqual(['cpu int8', 'webgpu int8']);
  expect(names(network, { provider: 'cpu', precision: 'fp16' })).toEqual(['cpu fp16']);
});

test('the plain way is last, and nothing comes behind it', () => {
  const ways = candidateWays(network, nothing, ['webgpu', 'cpu']);
  expect(withFallback(ways).map(wayName)).toEqual(['webgpu fp16', 'webgpu fp32', 'cpu fp32']);
  expect(withFallback([]).map(wayName)).toEqual(['cpu fp32']);
});
