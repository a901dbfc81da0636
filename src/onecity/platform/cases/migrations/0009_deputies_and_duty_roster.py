"""Before deployment. Deputies and the duty roster: new tables, nothing that exists changes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [
        ('cases', '0008_joint_handling_and_subcases'),
        ('identity', '0003_find_accounts_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deputation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('posts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None, verbose_name='岗位权限')),
                ('starts_at', models.DateTimeField(verbose_name='开始时间')),
                ('ends_at', models.DateTimeField(verbose_name='结束时间')),
                ('reason', models.CharField(max_length=200, verbose_name='事由')),
                ('made_at', models.DateTimeField(verbose_name='设置时间')),
                ('made_by', models.CharField(max_length=60, verbose_name='设置人')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
                ('deputy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account', verbose_name='代理人')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='被代理人机构')),
                ('principal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account', verbose_name='被代理人')),
            ],
            options={
                'verbose_name': '代理',
                'indexes': [models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['deputy', 'ends_at'], name='cases_deputation_deputy'), models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['principal', 'ends_at'], name='cases_deputation_principal'), models.Index(fields=['organisation', '-starts_at', '-id'], name='cases_deputation_keyset')],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='cases_deputation_runs_forward'), models.CheckConstraint(condition=models.Q(('principal', models.F('deputy')), _negated=True), name='cases_deputation_of_another')],
            },
        ),
        migrations.CreateModel(
            name='DutyShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.CharField(max_length=80, verbose_name='值班岗位')),
                ('starts_at', models.DateTimeField(verbose_name='开始时间')),
                ('ends_at', models.DateTimeField(verbose_name='结束时间')),
                ('made_at', models.DateTimeField(verbose_name='排班时间')),
                ('made_by', models.CharField(max_length=60, verbose_name='排班人')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account', verbose_name='值班人')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='值班机构')),
            ],
            options={
                'verbose_name': '值班',
                'indexes': [models.Index(fields=['organisation', '-starts_at', '-id'], name='cases_shift_keyset')],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='cases_shift_runs_forward'), models.UniqueConstraint(fields=('organisation', 'post', 'account', 'starts_at'), name='cases_shift_once')],
            },
        ),
    ]
