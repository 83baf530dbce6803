import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where Debian's Chromium keeps its Vulkan device in software (SwiftShader): slow, but it runs the programs that a GPU
 * would run. Undefined where there is none.
 */
export function softwareVulkan(): Record<string, string> | undefined {
  const { CHROME_PATH: chromium } = process.env;
  const folders = ['/usr/lib/chromium', ...(chromium ? [dirname(realpathSync(chromium))] : [])];
  const file = folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find((path) => existsSync(path));
  return file === undefined ? undefined : { VK_ICD_FILENAMES: file };
}
