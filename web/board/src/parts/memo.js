// Draws a component again only when one of its properties is another one, or a signal that it reads changes.
import { Component, h } from "preact";

export function memo(draw) {
  return class Kept extends Component {
    shouldComponentUpdate(next) {
      const names = Object.keys(next);
      return names.length !== Object.keys(this.props).length || names.some((name) => next[name] !== this.props[name]);
    }

    render(props) {
      return h(draw, props);
    }
  };
}
