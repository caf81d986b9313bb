import { render } from "preact";
import { App } from "./app.jsx";
import "./board.css";

const place = document.getElementById("board");
place.replaceChildren();
render(<App />, place);
