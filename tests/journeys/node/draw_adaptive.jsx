// Reads and draws an Adaptive Card with Microsoft's own `adaptivecards`.
// read(card) and draw(card) return complaints: what the parser objects to, and a card
// that cannot be drawn. Sizes, and when each element came, are not its business.
// The look is near that of Teams, from its published host configuration.
import * as AC from 'adaptivecards';
import 'adaptivecards/dist/adaptivecards.css';
import markdownit from 'markdown-it';

const shade = (base, subtle) => ({ default: base, subtle });
const foregroundColors = {
  default: shade('#252423', '#b2252423'), dark: shade('#252423', '#b2252423'), light: shade('#ffffff', '#b2ffffff'),
  accent: shade('#6264a7', '#8b8cc7'), good: shade('#92c353', '#b292c353'), warning: shade('#f8d22a', '#b2f8d22a'),
  attention: shade('#c4314b', '#b2c4314b'),
};
const ground = (backgroundColor) => ({ backgroundColor, foregroundColors });
const host = new AC.HostConfig({
  fontFamily: "'Segoe UI', 'Liberation Sans', sans-serif",
  fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
  fontWeights: { lighter: 200, default: 400, bolder: 600 },
  spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: '#e1dfdd' },
  supportsInteractivity: true,
  actions: { maxActions: 6, buttonSpacing: 8, actionsOrientation: 'horizontal', actionAlignment: 'left' },
  containerStyles: {
    default: ground('#ffffff'), emphasis: ground('#f3f2f1'), accent: ground('#e2e2f6'), good: ground('#e7f2da'),
    attention: ground('#fcf4f6'), warning: ground('#fbf6d9'),
  },
});
const look = `.ac-pushButton{padding:6px 16px;border:1px solid #c8c6c4;border-radius:4px;background:#fff;font:600 14px 'Liberation Sans'}
  .ac-pushButton.style-positive{background:#6264a7;color:#fff}
  .ac-input{font:14px 'Liberation Sans';padding:6px;border:1px solid #c8c6c4;border-radius:4px}`;
const markdown = markdownit();
AC.AdaptiveCard.onProcessMarkdown = (text, result) => { result.outputHtml = markdown.render(text); result.didProcess = true; };

const parsed = (json) => {
  const context = new AC.SerializationContext(AC.Versions.v1_5);
  const card = new AC.AdaptiveCard();
  card.hostConfig = host;
  card.parse(json, context);
  const events = [...Array(context.eventCount).keys()].map((i) => context.getEventAt(i));
  events.push(...card.validateProperties().validationEvents);
  return [card, events.map((one) => `${AC.ValidationEvent[one.event]}: ${one.message}`)];
};

window.read = (json) => parsed(json)[1];

window.draw = (json, width) => {
  const [card, found] = parsed(json);
  document.body.textContent = '';
  document.body.style.cssText = 'margin:20px;background:#f5f5f5';
  const sheet = document.createElement('style');
  sheet.textContent = look;
  const shot = document.createElement('div');
  shot.id = 'shot';
  shot.style.cssText = `width:${width}px;box-shadow:0 1px 3px #0003`;
  document.body.append(sheet, shot);
  const drawn = card.render();
  if (drawn) shot.append(drawn);
  return drawn ? found : [...found, 'the card cannot be drawn'];
};
