// Runs before the first paint, in the head, so that nobody sees a flash of the other theme.
// Colors follow `color-scheme` alone; data-bs-theme is for the few rules of Tabler that ask for it.
(() => {
  const root = document.documentElement;
  const wantsDark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const choice = root.dataset.theme;
    root.dataset.bsTheme = choice === "auto" ? (wantsDark.matches ? "dark" : "light") : choice;
  };
  paint();
  wantsDark.addEventListener("change", paint);
  document.addEventListener("theme-chosen", paint);
})();
