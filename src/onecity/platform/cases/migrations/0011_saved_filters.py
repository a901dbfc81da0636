"""Before deployment. Filters that people keep: a new table, nothing that exists changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ('cases', '0010_history_tells_of_moves'),
        ('identity', '0003_find_accounts_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=10, verbose_name='列表')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('query', models.CharField(max_length=1000, verbose_name='筛选条件')),
                ('created_at', models.DateTimeField(verbose_name='保存时间')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account', verbose_name='账户')),
            ],
            options={
                'verbose_name': '常用筛选',
                'constraints': [models.UniqueConstraint(fields=('account', 'place', 'name'), name='cases_filter_once')],
            },
        ),
    ]
