{{/*
The two databases, ours or the user's, behind one set of helpers. Call each with (dict "root" $ "side" "source"), and with
"role" or "prefix" where it is named.
*/}}
{{- define "cdc.db.name" -}}
{{ include "cdc.fullname" .root }}-{{ .side }}-db
{{- end }}

{{- define "cdc.db.host" -}}
{{- $db := get .root.Values .side -}}
{{- $db.deploy | ternary (include "cdc.db.name" .) $db.host -}}
{{- end }}

{{- define "cdc.db.port" -}}
{{- $db := get .root.Values .side -}}
{{- $db.deploy | ternary 5432 $db.port | int -}}
{{- end }}

{{/* A server of this release speaks plain text inside the namespace, behind its NetworkPolicy. */}}
{{- define "cdc.db.tlsMode" -}}
{{- $db := get .root.Values .side -}}
{{- $db.deploy | ternary "disable" $db.tls.mode -}}
{{- end }}

{{/* The secret with the certificate authority, or "" when none is needed. */}}
{{- define "cdc.db.caSecret" -}}
{{- if hasPrefix "verify" (include "cdc.db.tlsMode" .) -}}
{{- (get .root.Values .side).tls.caSecret -}}
{{- end -}}
{{- end }}

{{- define "cdc.db.caFile" -}}
/etc/{{ .side }}-ca/ca.crt
{{- end }}

{{- define "cdc.db.secret" -}}
{{- (get .root.Values .side).existingSecret | default (include "cdc.db.name" .) -}}
{{- end }}

{{- define "cdc.db.adminSecret" -}}
{{- $db := get .root.Values .side -}}
{{- $db.deploy | ternary "" $db.setup.adminSecret | default (include "cdc.db.secret" .) -}}
{{- end }}

{{- define "cdc.db.roles" -}}
{{- if eq .side "source" -}}
{{- list "cdc_owner" "cdc_replicator" "cdc_loader" "cdc_verifier" | toJson -}}
{{- else -}}
{{- list "cdc_sink" "cdc_verifier" | toJson -}}
{{- end -}}
{{- end }}

{{/* Environment of a Quarkus service for one datasource: "role", and "prefix", the datasource's name with an underscore. */}}
{{- define "cdc.db.env" -}}
{{- $mode := include "cdc.db.tlsMode" . -}}
{{- $prefix := printf "QUARKUS_DATASOURCE_%s" .prefix -}}
- name: {{ $prefix }}REACTIVE_URL
  value: {{ printf "vertx-reactive:postgresql://%s:%s/%s" (include "cdc.db.host" .) (include "cdc.db.port" .) (get .root.Values .side).database }}
- name: {{ $prefix }}USERNAME
  value: {{ .role }}
- name: {{ $prefix }}PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "cdc.db.secret" . }}
      key: {{ .role }}
{{- if ne $mode "disable" }}
- name: {{ $prefix }}REACTIVE_POSTGRESQL_SSL_MODE
  value: {{ $mode }}
{{- end }}
{{- if eq $mode "require" }}
# As libpq does: encrypted, but whoever answers is believed.
- name: {{ $prefix }}REACTIVE_TRUST_ALL
  value: "true"
{{- end }}
{{- if include "cdc.db.caSecret" . }}
- name: {{ $prefix }}REACTIVE_TRUST_CERTIFICATE_PEM
  value: "true"
- name: {{ $prefix }}REACTIVE_TRUST_CERTIFICATE_PEM_CERTS
  value: {{ include "cdc.db.caFile" . }}
{{- end }}
{{- if eq $mode "verify-full" }}
- name: {{ $prefix }}REACTIVE_HOSTNAME_VERIFICATION_ALGORITHM
  value: HTTPS
{{- end }}
{{- end }}

{{- define "cdc.db.volume" -}}
{{- with include "cdc.db.caSecret" . -}}
- name: {{ $.side }}-ca
  secret:
    secretName: {{ . }}
    items:
      - key: {{ (get $.root.Values $.side).tls.caKey }}
        path: ca.crt
{{- end }}
{{- end }}

{{- define "cdc.db.mount" -}}
{{- if include "cdc.db.caSecret" . -}}
- name: {{ .side }}-ca
  mountPath: /etc/{{ .side }}-ca
  readOnly: true
{{- end }}
{{- end }}
