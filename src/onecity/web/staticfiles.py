"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticFiles(ManifestStaticFilesStorage):
    """Rewrites imports between our ES modules too; a file that is named but absent is an error at set-up."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 8
