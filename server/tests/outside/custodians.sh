# Five custodians with age identities of their own: a secret is dealt to their keys, one of them asks, others decrypt their
# shares and encrypt them to the session; the code is oathtool's. At two processes that share one Redis (FIRST, SECOND), by
# JSON and by forms.
set -euo pipefail
secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
uri="otpauth://totp/Cloud:root?secret=$secret&issuer=Cloud&algorithm=SHA256&digits=8&period=60"
first=http://$FIRST/api/v1/quorum second=http://$SECOND/api/v1/quorum
ask() { curl -sS --noproxy '*' -H "host: $HOST" "$@"; }
json=(-H 'content-type: application/json')
expected() { oathtool -b --totp=SHA256 -d 8 -s 60s "$@" $secret; }
fail() { echo "$*" >&2; exit 1; }

for at in 0 1 2 3 4; do
  age-keygen -o "$at.key" 2>/dev/null
  age-keygen -y "$at.key" >> recipients
done

# Dealt to their keys: as JSON, and as a form that names each key.
jq -n --arg uri "$uri" --rawfile keys recipients \
  '{secret_key: $uri, shares: 5, threshold: 3, recipients: ($keys | split("\n")[:-1])}' > deal.json
ask "${json[@]}" -d @deal.json "$first/shares" > json.dealt
form=(--data-urlencode "secret_key=$uri" -d shares=5 -d threshold=3)
while read -r key; do form+=(--data-urlencode "recipients=$key"); done < recipients
ask "${form[@]}" "$second/shares" > form.dealt

for way in json form; do
  for at in 0 1 2 3 4; do
    jq -r ".shares[$at]" $way.dealt | age -d -i "$at.key" > "$way.$at.share"
    jq -r ".shares[$at]" $way.dealt | age -d -i "$(((at + 1) % 5)).key" 2>/dev/null && fail 'a share of somebody else opens'
  done
  if [ $way = json ]; then
    jq -n --rawfile share json.0.share '{first_share: $share}' | ask "${json[@]}" -d @- "$first/sessions" > asked
  else
    ask --data-urlencode first_share@form.0.share "$first/sessions" > asked
  fi
  id=$(jq -r .id asked) private=$(jq -r .private asked) tek=$(jq -r .tek asked)
  # One as it is, one encrypted to the session, each at another process.
  age -a -r "$tek" "$way.3.share" > encrypted
  if [ $way = json ]; then
    plain=$(jq -n --rawfile share json.1.share '{share: $share}' | ask "${json[@]}" -d @- "$second/sessions/$id/shares")
    waits=$(jq -n --rawfile file encrypted '{encrypted_share: $file}' | ask "${json[@]}" -d @- "$first/sessions/$id/shares")
  else
    plain=$(ask --data-urlencode share@form.1.share "$second/sessions/$id/shares")
    waits=$(ask --data-urlencode encrypted_share@encrypted "$first/sessions/$id/shares")
  fi
  [ "$plain" = 'share joined' ] || fail "$plain"
  [ "$waits" = 'share waiting' ] || fail "$waits"
  # A time step may begin between one and the other.
  before=$(expected)
  code=$(ask -d "private=$private" "$second/sessions/$id/totp" | jq -r .totp)
  [ "$code" = "$before" ] || [ "$code" = "$(expected)" ] || fail "$code, not $before"
  [ "$(ask "$first/sessions/$id" | jq -c '[.complete, .provided, .waiting]')" = '[true,3,0]' ] || fail 'not complete'
  [ "$(ask -X DELETE -d "private=$private" -w '%{http_code}' "$first/sessions/$id")" = 204 ] || fail 'not ended'
  [ "$(ask -o /dev/null -w '%{http_code}' -d "private=$private" "$second/sessions/$id/totp")" = 410 ] || fail 'not over'
done
