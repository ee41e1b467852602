import { Component, type ReactNode } from 'react';
import { ErrorNote } from './api/error-note.tsx';

/** A fault of the page itself: said, with a way out, instead of an empty page. */
export class FaultBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: undefined as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <ErrorNote error={this.state.error} onRetry={() => location.reload()} />;
  }
}
