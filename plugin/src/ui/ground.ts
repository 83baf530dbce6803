/**
 * The host's own colour behind everything, so that the panel melts into it; '' leaves it to the theme. Hosts tell of theme and
 * colour in two places: a colour that doesn't go with the theme would make the text unreadable.
 */
export function groundFor(theme: string, background: string | null): string {
  const [red = 0, green = 0, blue = 0] = (background?.match(/\d+/g) ?? []).map(Number);
  const bright = (red + green + blue) / 3 > 127;
  return background !== null && bright === (theme === 'light') ? background : '';
}
