/** What every page says about the place where it is served. */
export interface PortalSite {
  /** Scheme, host and port as people type it, for example https://localhost:8443. */
  origin: string;
  /** How to reach the help desk, in words that end a sentence: "the help desk, telephone 4357". */
  helpDesk: string;
  stylesheet: string;
  script: string;
  /** Script of the page on which a password is chosen. */
  choosing: string;
  icon: string;
}
