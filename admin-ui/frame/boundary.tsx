import { Component, type ReactNode } from 'react';
import { Broken } from './dead-ends.tsx';

/** Catches what a page throws while it is drawn, so that bar and menu stay. React offers this to classes only. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Broken onRetry={() => this.setState({ broken: false })} /> : this.props.children;
  }
}
