import { defineConfig } from 'vite';

/** The panel for UXP: one classic script, since UXP knows neither module scripts nor dynamic imports. */
export default defineConfig({
  base: './',
  publicDir: 'panel',
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: 'dist/panel',
    emptyOutDir: true,
    // V8 11.8, as in UXP 8.1.
    target: 'chrome118',
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: 'src/panel.tsx',
      external: ['premierepro', 'uxp', 'fs', 'os'],
      output: { format: 'iife', entryFileNames: 'panel.js', assetFileNames: 'panel[extname]' },
    },
  },
});
