// Which column a card belongs to. A board has one for each stage; where several programs are on screen, each has its own.
// A card's address names its program.
const laneOf = (card) => card.querySelector(".sb-card-link, [data-open]")?.pathname.match(/\/p\/([^/]+)\//)?.[1];
export const listFor = (card) => [...document.querySelectorAll(`.sb-cards[data-stage="${CSS.escape(card.dataset.stage)}"]`)]
  .find(({ dataset }) => !dataset.lane || dataset.lane === laneOf(card));
export const countOf = (stage, lane) => document.getElementById(`count-${lane}-${stage}`) ?? document.getElementById(`count-${stage}`);
// The template of a card's menu; stages are called as its program calls them.
export const choicesFor = (card) =>
  (document.getElementById(`moves-${laneOf(card)}-${card.dataset.stage}`) ?? document.getElementById(`moves-${card.dataset.stage}`))?.content;
