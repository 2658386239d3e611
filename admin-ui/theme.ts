import { defaultDarkTheme, defaultLightTheme, type RaThemeOptions } from 'react-admin';

/** The system's own fonts: nothing is fetched, and nothing needs to be licensed or shipped. */
const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
export const monospace = "ui-monospace, 'Cascadia Mono', 'SFMono-Regular', Menlo, Consolas, 'Liberation Mono', monospace";

const shape = { borderRadius: 8 };
const typography: NonNullable<RaThemeOptions['typography']> = {
  fontFamily: fonts,
  h1: { fontSize: '1.75rem', fontWeight: 650, lineHeight: 1.25, letterSpacing: '-0.01em' },
  h2: { fontSize: '1.125rem', fontWeight: 650, lineHeight: 1.35 },
  h3: { fontSize: '1rem', fontWeight: 650 },
  button: { textTransform: 'none', fontWeight: 600 },
};

const components: NonNullable<RaThemeOptions['components']> = {
  MuiCssBaseline: {
    styleOverrides: {
      // A focus that can be seen on every surface (WCAG 2.4.11), also where MUI draws only a ripple.
      ':focus-visible': { outline: '3px solid currentColor', outlineOffset: '2px' },
      'h1:focus-visible, h2:focus-visible': { outline: 'none' },
      '@page': { size: 'A4', margin: '16mm 14mm', '@bottom-right': { content: 'counter(page) " / " counter(pages)', fontSize: '8pt' } },
      // Paper is white, whichever theme is on the screen.
      '@media print': {
        '*, *::before, *::after': {
          color: '#000 !important',
          backgroundColor: 'transparent !important',
          borderColor: '#8a8a8a !important',
          boxShadow: 'none !important',
        },
        // The scheme paints what lies around the page too.
        'html, body': { backgroundColor: '#fff !important', colorScheme: 'light !important' },
        html: { fontSize: '12px' },
      },
      '@media (prefers-reduced-motion: reduce)': {
        '*': { animationDuration: '0.01ms !important', transitionDuration: '0.01ms !important' },
      },
    },
  },
  // On a small screen it scrolls, which without a focus no key does (WCAG 2.1.1).
  MuiDialogContent: { defaultProps: { tabIndex: 0 } },
  MuiButton: { defaultProps: { disableElevation: true, size: 'medium' } },
  MuiButtonBase: { defaultProps: { disableRipple: true } },
  MuiPaper: { defaultProps: { elevation: 0, variant: 'outlined' }, styleOverrides: { root: { backgroundImage: 'none' } } },
  MuiTextField: { defaultProps: { variant: 'outlined', size: 'small', margin: 'none' } },
  MuiFormControl: { defaultProps: { variant: 'outlined', size: 'small', margin: 'none' } },
  // Inside the landmark that they belong to, not at the end of the body where a screen reader finds them outside of all.
  MuiTooltip: { defaultProps: { arrow: true, slotProps: { popper: { disablePortal: true } } } },
  MuiMenu: { defaultProps: { disablePortal: true } },
  MuiTableCell: {
    styleOverrides: {
      // react-admin's theme narrows the small tables until their text touches the border.
      root: { padding: '10px 14px', '&&': { padding: '10px 14px' } },
      head: { fontWeight: 650, whiteSpace: 'nowrap' },
    },
  },
};

export const lightTheme: RaThemeOptions = {
  ...defaultLightTheme,
  shape,
  typography,
  components: { ...defaultLightTheme.components, ...components },
  palette: {
    mode: 'light',
    primary: { main: '#0b4f6c' },
    secondary: { main: '#0b6b61' },
    success: { main: '#1a6b34' },
    warning: { main: '#8a4b00' },
    error: { main: '#b3261e' },
    info: { main: '#0b5394' },
    background: { default: '#f4f6f8', paper: '#ffffff' },
    text: { primary: '#15202b', secondary: '#48566a' },
    divider: '#d5dce4',
  },
};

export const darkTheme: RaThemeOptions = {
  ...defaultDarkTheme,
  shape,
  typography,
  components: { ...defaultDarkTheme.components, ...components },
  palette: {
    mode: 'dark',
    primary: { main: '#7cc4e8' },
    secondary: { main: '#7fd1c7' },
    success: { main: '#83d69b' },
    warning: { main: '#f5b95f' },
    error: { main: '#ff9c93' },
    info: { main: '#9cc7ff' },
    background: { default: '#0e151b', paper: '#161f27' },
    text: { primary: '#e7edf3', secondary: '#aab8c6' },
    divider: '#2c3a46',
  },
};
