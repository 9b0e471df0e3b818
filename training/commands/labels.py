"""Labels that come in, are looked through, and go out: import, check, export."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from training import checkup, dataset, outgoing
from training.commands.terminal import answer, json_option, named_errors, progress_shown, recipe_option
from training.dataset import CORPUS
from training.disk import write_atomically
from training.incoming.intake import DECISIONS, FORMATS, take
from training.markdown import table
from training.recipe import Recipe

_SHOWN = 200  # faults; the rest is counted


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    default=CORPUS / "decisions.jsonl",
    show_default="training/corpus/decisions.jsonl",
    help="Corpus file to add to; all files beside it are searched for duplicates.",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Where the ending does not tell it.")
@click.option("--by", help="The labeller, where the file names none.")
@click.option("--skip-bad", is_flag=True, help="Take what is sound; the refused rows go to NAME.refused.EXT beside it.")
@recipe_option
@json_option
def import_(
    files: tuple[Path, ...],
    target: Path,
    format_: str | None,
    by: str | None,
    skip_bad: bool,
    recipe_file: Path,
    as_json: bool,
) -> None:
    """Check labelled FILES and add their articles to the corpus.

    Formats: articles in the corpus format (.jsonl), and so moderators' decisions (python -m service export); tables
    (.csv, a row a sentence), Label Studio (.json) and doccano (.jsonl) exports; docs/retraining.md shows each. Every
    fault is listed with file, line, field and fix, and nothing is taken unless --skip-bad. An article that repeats
    another one is refused: between training and test part that would be a leak. Importing a file twice changes nothing,
    so a run that was stopped can be repeated. Decisions on an article that is there take the place of those exported
    earlier; sentences that nobody decided are context.

    \b
    Examples:
      python -m training import moderation.jsonl
      python -m training import decisions.csv --by lea
      python -m training import export.json --skip-bad
    """
    with named_errors():
        split = Recipe.load(recipe_file).split
        with progress_shown(as_json) as progress:
            result = take(files, target, split=split, by=by, format_=format_, skip_bad=skip_bad, progress=progress)
    if as_json:
        answer(result.as_dict())
    for fault in result.faults[:_SHOWN]:
        click.echo(str(fault), err=True)
    if len(result.faults) > _SHOWN:
        click.echo(f"… and {len(result.faults) - _SHOWN} more", err=True)
    if result.faults and not skip_bad:
        raise click.ClickException(f"{len(result.faults)} faults; nothing was taken (--skip-bad takes the rest)")
    if not as_json:
        click.echo(
            f"{target}: {len(result.added)} articles added, {len(result.voted)} with further votes, "
            f"{len(result.known)} there already, {result.refused_articles} refused"
        )
        if result.decisions:
            click.echo("decisions: " + ", ".join(f"{result.decisions[what]} {what}" for what in DECISIONS))
        if result.outdated:
            click.echo(f"left as they are, their decisions were exported later: {', '.join(result.outdated)}")
        for path in result.refused_files:
            click.echo(f"refused rows: {path}")


@click.command("export")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--to", "target", type=click.Path(path_type=Path), required=True, help="File to write; for parquet, a folder."
)
@click.option("--format", "format_", type=click.Choice(outgoing.FORMATS), required=True)
@recipe_option
@json_option
def export(files: tuple[Path, ...], target: Path, format_: str, recipe_file: Path, as_json: bool) -> None:
    """Write the labels of corpus FILES (default: the recipe's corpus) in another format.

    csv can be imported again, and label-studio where every sentence is labelled; parquet has a file a part, laid out as
    Hugging Face datasets load it, and needs pyarrow (make training).

    \b
    Examples:
      python -m training export --format csv --to labels.csv training/corpus/local.jsonl
      python -m training export --format parquet --to sourcier-labels
    """
    with named_errors():
        recipe = Recipe.load(recipe_file)
        articles = dataset.read(files or recipe.corpus)
        if format_ == "parquet":
            try:
                written = outgoing.write_parquet(articles, target, recipe.split)
            except ImportError as error:
                raise click.ClickException("pyarrow is missing, which writes Parquet; run: make training") from error
        else:
            text = outgoing.as_csv(articles) if format_ == "csv" else outgoing.as_label_studio(articles)
            write_atomically(target, text.encode())
            written = [target]
    if as_json:
        answer({"articles": len(articles), "files": [str(path) for path in written]})
    else:
        click.echo(f"{len(articles)} articles: " + ", ".join(map(str, written)))


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--incoming",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Recent articles to compare with the corpus: labelled .jsonl, or a plain text each. Can be given often.",
)
@recipe_option
@json_option
def check(files: tuple[Path, ...], incoming: tuple[Path, ...], recipe_file: Path, as_json: bool) -> None:
    """Look through labelled FILES (default: the recipe's corpus) before a training run.

    Counts, distribution of levels and cues, agreement of the labellers, labels that look wrong (far from what a model
    that has not seen them expects), slices too small to measure, and drift of the --incoming articles
    (PSI: from 0.25 on they are not what the corpus shows). Exit code 3: there are warnings; look before you train.

    \b
    Examples:
      python -m training check
      python -m training check --incoming monday.txt --incoming tuesday.txt --json
    """
    with named_errors():
        recipe = Recipe.load(recipe_file)
        with progress_shown(as_json) as progress:
            found = checkup.check(recipe, files or recipe.corpus, incoming, progress)
    if as_json:
        answer(found.as_dict())
    else:
        click.echo(_report(found, recipe.gate.slice_n), nl=False)
    sys.exit(3 if found.warnings() else 0)


def _report(found: checkup.Checkup, slice_n: int) -> str:
    def shares(values: dict[str, float]) -> str:
        return ", ".join(f"{name} {value:.1%}" for name, value in values.items())

    lines = [
        ", ".join(f"{count} {name}" for name, count in found.counts.items()),
        "parts: " + ", ".join(f"{name} {count}" for name, count in found.parts.items()),
        "genres: " + ", ".join(f"{name} {count}" for name, count in found.genres.items()),
        f"levels: {shares(found.levels)}",
        f"kinds: {shares(found.kinds)}",
        f"sentences with cues: {shares(found.cues)}",
        "",
    ]
    rows = [
        [genre, f"{values['n']:.0f}", *(f"{values[key]:.2f}" for key in ("alpha", "kind", "spans"))]
        for genre, values in found.agreement.items()
    ]
    lines += [table(["agreement", "sentences", "alpha", "same kind", "spans F1"], rows), ""]
    lines.append(f"slices of the test part with less than {slice_n} sentences, which the gate cannot judge:")
    lines.append("  " + (", ".join(f"{d} {v} ({n})" for d, v, n in found.small_slices) or "none"))
    lines += ["", "labels to look at again, the furthest from what a model expects first:"]
    lines += [
        f"  {s.article} #{s.sentence}: votes {s.mean_vote:.1f}, expected {s.expected:.1f}: {s.text}"
        for s in found.suspects
    ]
    if found.drift:
        rows = [[d.quantity, f"{d.psi:.3f}", f"{d.by_chance:.3f}", "moved" * d.is_moved] for d in found.drift]
        lines += ["", table(["drift", "PSI", "by chance", ""], rows)]
    lines += ["", *(f"warning: {line}" for line in found.warnings() or ())]
    return "\n".join(lines).rstrip() + "\n"
