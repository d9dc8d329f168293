#!/usr/bin/env bash
# A day of work on the demo, as a script would do it: any step that ends otherwise than well ends it.
# The test that runs it gives KEY, the key of acme-loc, where there is a keyring to keep it in.
set -euo pipefail

n=0
step() {
  n=$((n + 1))
  printf '# %s: %s\n' "$n" "$*"
  "$@"
}

# Every row is the same on both sides, and there are rows.
same() {
  local rows
  rows=$("$@" --dry-run --json)
  [ -n "$rows" ]
  printf '%s\n' "$rows"
  [ "$(grep -c '"verdict":"same"' <<<"$rows")" = "$(wc -l <<<"$rows")" ]
}

# A check that found what one account of the demo lacks on purpose.
finds() {
  local code=0
  "$@" || code=$?
  [ "$code" = 1 ]
}

# The refs of a listing, in front of each row of a pipe.
refs() {
  assetdeck ls "$1" | cut -f1
}

segment=acme-loc:19914/27667833
empty=acme-loc:19914/27667834
hero=$segment@de/public/images/hero.png
mkdir -p work pictures/de/public
cp hero.png pictures/de/public/one.png
cp hero.png pictures/de/two.png

step assetdeck config path
step assetdeck config check
step assetdeck config show --json
if [ -n "${KEY:-}" ]; then
  step assetdeck login acme-loc --key-stdin <<<"$KEY"
fi
step assetdeck accounts --json
step finds assetdeck doctor --json

step assetdeck ls --json
step assetdeck ls acme-loc: --json
step assetdeck ls acme-loc:19914 --filter has:assets --json
step assetdeck ls "$segment" --json
step assetdeck show acme-loc:19914 --json
step assetdeck show "$hero" --json

pattern='{locale}/{folder}/{name}'
step assetdeck upload pictures --to "$segment" --pattern "$pattern" --dry-run --json
step assetdeck upload pictures --to "$segment" --pattern "$pattern" --save-plan work/a.plan --yes
step assetdeck upload --plan work/a.plan --yes --json
step same assetdeck upload --plan work/a.plan
step assetdeck coverage acme-loc:19914/27667833 --json
step assetdeck coverage acme-loc:19914/27667833 --csv

step assetdeck get "$hero" --out work/one --json
[ -s work/one/hero.png ]
step assetdeck get acme-loc:19914 --out work/tree --yes --json
step same assetdeck upload work/tree --to acme-loc:19914

site=$(assetdeck ls acme-web: | grep Shop | cut -f1)
step assetdeck upload team.jpg --to "$site" --alt 'The team' --tag team --json
team=$(assetdeck ls "$site" | grep team.jpg | head -n 1 | cut -f1)
step assetdeck edit "$team" --alt 'The team in the yard' --tag team --tag yard --json

step assetdeck sync work/docs "$segment" --down --json
step same assetdeck sync work/docs "$segment" --down
step same assetdeck sync work/docs "$segment"
cp hero.png work/docs/de/public/new.png
printf 'changed' >>work/docs/de/public/images/hero.png
step assetdeck sync work/docs "$segment" --yes --json
step same assetdeck sync work/docs "$segment" --down
rm work/docs/de/public/new.png
step assetdeck sync work/docs "$segment" --delete --yes --json
step same assetdeck sync work/docs "$segment" --delete
cp hero.png work/docs/stray.png
step assetdeck sync work/docs "$segment" --down --delete --yes --json
[ ! -e work/docs/stray.png ]
refs "$segment" >work/refs
if grep -q new.png work/refs; then exit 1; fi

step assetdeck find hero --json
step assetdeck find hero --account acme-loc --limit 3
step assetdeck url "$hero"
step assetdeck open "$hero"
step assetdeck mv "$hero" "$empty" --name banner.png --yes --json
step assetdeck mv "$empty@de/public/images/banner.png" "$segment" --name hero.png --yes --json
step assetdeck rm --yes "$segment@de/two.png" "$segment@de/public/one.png"
refs "$segment" >work/refs
if grep -q two.png work/refs; then exit 1; fi
grep -q hero.png work/refs

step assetdeck transfers list
step assetdeck transfers resume
step assetdeck transfers pause --json
step assetdeck transfers cancel --json
step assetdeck transfers clear --json
step assetdeck schema
step assetdeck completions bash
step assetdeck man sync
if [ -n "${KEY:-}" ]; then
  step assetdeck logout acme-loc
fi
printf '# end of %s steps\n' "$n"
