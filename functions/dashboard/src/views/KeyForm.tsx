import { useState } from 'preact/hooks';
import { useKey } from '../session';
import { useWords } from '../settings';

export function KeyForm({ wasRefused }: { wasRefused: boolean }) {
  const words = useWords();
  const [key, setKey] = useState('');
  const [isOdd, setOdd] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = key.trim();
    // A header takes nothing else.
    const isRight = /^[\x21-\x7e]+$/.test(given);
    setOdd(!isRight);
    if (!isRight) return;
    setKey('');
    useKey(given);
  };
  const wrong = isOdd ? words.keyCharacters : wasRefused ? words.keyWrong : '';
  return (
    <form class="panel key" data-testid="token-form" onSubmit={submit}>
      <h1>{words.keyTitle}</h1>
      <p>{words.keyWhy}</p>
      <label for="key">{words.key}</label>
      <div class="key-line">
        <input
          id="key"
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={key}
          aria-invalid={wrong !== ''}
          aria-describedby="key-wrong"
          onInput={(event) => setKey(event.currentTarget.value)}
          ref={(input) => {
            if (input && document.activeElement === document.body) input.focus();
          }}
        />
        <button type="submit" class="button">
          {words.open}
        </button>
      </div>
      <p id="key-wrong" class="bad" role="alert">
        {wrong}
      </p>
    </form>
  );
}
