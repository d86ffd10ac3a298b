import { Button, createTheme, Modal, Tooltip } from "@mantine/core";

/** What Mantine's components look like here; colours and fonts are custom properties (`styles/theme.css`). */
export const theme = createTheme({
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      vars: (_, { variant }) => ({
        root: variant === undefined || variant === "filled" ? { "--button-bg": "var(--accent)", "--button-hover": "var(--accent)", "--button-color": "var(--on-accent)" } : {},
      }),
    }),
    // Locking the scroll would write a style element, which the page's policy refuses.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 80 } } }),
    ModalRoot: Modal.Root.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 80 } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, withArrow: false, events: { hover: true, focus: true, touch: false } } }),
  },
});
