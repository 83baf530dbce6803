import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the page works below any path.
  base: './',
  build: { outDir: 'dist/dashboard', emptyOutDir: true, target: 'es2022' },
});
